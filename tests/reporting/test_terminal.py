import io

from rich.console import Console

from medassay.reporting.terminal import render


def printed(renderables, width=80):
    file = io.StringIO()
    console = Console(width=width, file=file, force_terminal=False)
    for renderable in renderables:
        console.print(renderable)
    return file.getvalue()


def test_numbers_are_whole_on_eighty_columns(build):
    text = printed(render([build.record([])], [build.comparison()], with_slices=True))
    assert max(map(len, text.splitlines())) <= 80
    assert "…" not in text
    for e in build.estimates():
        assert f"[{e.low:.3f}, {e.high:.3f}]" in text
    assert "demo-vlm is better" in text.replace("\n", " ").replace("  ", " ")


def test_an_incomplete_run_says_so(build):
    text = printed(render([build.record([], manifest=build.manifest(status="interrupted"))]))
    assert "INCOMPLETE" in text
    assert "interrupted" in text


def test_names_cannot_steer_the_terminal(build):
    odd = build.estimate(name="organ=\x1b[31m[red]x[/red]")
    text = printed(render([build.record([], estimates=[odd])], with_slices=True), width=120)
    assert "\x1b" not in text
    assert "[red]x[/red]" in text


def test_the_constant_report_takes_the_place_of_chance_where_there_is_none(build):
    rouge = build.estimate("rouge_l", value=0.31, chance=None, majority=None, constant=0.274)
    text = printed(render([build.record([], estimates=[rouge])]))
    assert "constant" in text
    assert "chance" not in text
    assert "0.274" in text
    both = printed(render([build.record([], estimates=[rouge, build.estimate()])]))
    assert "baseline: chance, or one constant report" in both
    assert [line.split()[-4] for line in both.splitlines() if "[" in line] == ["0.274", "0.500"]
