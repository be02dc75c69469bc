import re
from dataclasses import replace

from medassay.reporting import write_markdown
from medassay.reporting.markdown import escape, render


def cells(text):
    """The cells of every line of every table."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def test_every_estimate_stands_in_a_table_with_its_interval_and_counts(build, tmp_path):
    record = build.record([])
    text = write_markdown(tmp_path / "report.md", [record]).read_text(encoding="utf-8")
    rows = cells(text)
    assert [
        "accuracy",
        "0.612",
        "[0.563, 0.660]",
        "0.025",
        "0.500",
        "0.531",
        "451",
        "203",
        "20",
        "1",
        "0",
    ] in rows
    assert sum(row[2].startswith("[") for row in rows if len(row) == 11) == len(record.estimates)


def test_tables_keep_their_shape_whatever_stands_in_them(build):
    odd = build.estimate(name="organ=a|b\n`c`", note="1 | 2\n# not a heading")
    text = render(
        [build.record([], estimates=[build.estimate(), odd])], [build.comparison(first="a|b", second="c")]
    )
    assert {len(row) for row in cells(text)} == {2, 11}
    assert "\n# not a heading" not in text


def test_markup_is_shown_and_not_obeyed(build):
    assert escape("[click](x) **b**\n# h <b>") == r"\[click\](x) \*\*b\*\* \# h \<b\>"
    assert escape("- no list") == r"\- no list"
    assert not re.search(r"(?<!\\)<", escape(build.hostile[:60]))


def test_an_incomplete_run_says_so(build):
    assert "> **Incomplete.**" in render([build.record([], manifest=build.manifest(status="interrupted"))])


def test_equal_records_give_equal_text(build):
    assert render([build.record([])] * 2, [build.comparison()]) == render(
        [build.record([])] * 2, [build.comparison()]
    )


def test_the_constant_report_has_a_column_where_there_is_one(build):
    rouge = build.estimate("rouge_l", value=0.31, chance=None, majority=None, constant=0.274)
    text = render([build.record([], estimates=[rouge])])
    head = next(line for line in text.splitlines() if "| chance |" in line)
    line = next(line for line in text.splitlines() if line.startswith("| ROUGE-L"))
    assert dict(zip(head.split(" | "), line.split(" | "), strict=True))["constant"] == "0.274"
    assert "constant" not in render([build.record([])])


def test_times_stand_in_the_last_block_and_nowhere_else(build):
    moving = {"started": "2026-01-02T03:04:05+00:00", "finished": "2026-01-02T03:04:06+00:00"}

    def made(**changes):
        held = build.record([])
        held = {**held.manifest, "environment": {**held.manifest["environment"], **moving}, **changes}
        return render([replace(build.record([]), manifest=held)])

    one, other = made(pace=1.25, asked=451), made(pace=None, asked=0)
    assert one != other
    rest, block = one.split("## Times\n")
    assert rest == other.split("## Times\n")[0]
    assert ["Began", moving["started"]] in cells(block)
    assert ["Answers a second", "1.25"] in cells(block)
    assert "03:04" not in rest
