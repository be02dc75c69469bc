from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from medassay.errors import StoreError
from medassay.reporting import RunRecord, write_html
from medassay.reporting.examples import excerpt
from medassay.reporting.html import render
from medassay.types import Response, Score

VOID = {"meta", "img", "col", "br", "link"}
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
DRAWN = {"line", "circle", "rect"}


class Outline(HTMLParser):
    """Checks that tags close in order, and keeps addresses, ids and text."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.addresses: list[str] = []
        self.ids: list[str] = []
        self.text: list[str] = []
        self.feed(page)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.addresses += [
            v or "" for k, v in attrs if k in ("src", "href", "action", "srcset", "xlink:href")
        ]
        self.ids += [v or "" for k, v in attrs if k == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        assert tag in DRAWN

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not self.open or self.open[-1] != "style":
            self.text.append(data)


@pytest.fixture(scope="module")
def words_of():
    return lambda page: " ".join(" ".join(Outline(page).text).split())


def incomplete_record(build):
    counts = {"scored": 400, "unparsed": 20, "refused": 1, "failed": 30, "truncated": 0}
    first, *rest = build.estimates()
    return build.record(
        [build.row(1, "failed"), build.row(2)],
        manifest=build.manifest(status="incomplete", counts=counts),
        estimates=[replace(first, counts=counts, worst=0.58, best=0.65), *rest],
    )


def test_equal_records_give_equal_pages_to_the_byte(build, tmp_path):
    pages = [
        write_html(tmp_path / name, [build.record()], [build.comparison()]).read_bytes() for name in "ab"
    ]
    assert pages[0] == pages[1]


def test_the_page_holds_all_it_shows(build):
    page = render([build.record(), build.record()], [build.comparison()])
    outline = Outline(page)
    assert len(outline.ids) == len(set(outline.ids))
    inside = {f"#{i}" for i in outline.ids}
    assert all(a.startswith("data:image/") or a in inside for a in outline.addresses)
    assert not {"script", "link", "iframe", "object", "base", "form"} & {tag for tag, _ in outline.tags}
    assert "@import" not in page
    assert "url(" not in page
    policy = [a["content"] for tag, a in outline.tags if a.get("http-equiv") == "Content-Security-Policy"]
    assert policy == ["default-src 'none'; img-src data:; style-src 'unsafe-inline'"]


@pytest.mark.parametrize("runs", [1, 2])
def test_headings_go_down_one_level_at_a_time(build, runs):
    levels = [int(tag[1]) for tag, _ in Outline(render([build.record()] * runs)).tags if tag in HEADINGS]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_picture_and_plot_has_words_beside_it(build):
    page = render([build.record()] * 2, [build.comparison()])
    silent = [
        attributes
        for tag, attributes in Outline(page).tags
        if tag in ("img", "svg") and not {"alt", "aria-label", "aria-hidden"} & set(attributes)
    ]
    assert silent == []


def test_the_page_says_what_was_run_and_how_good_it_was(build, words_of):
    said = words_of(render([build.record()]))
    for part in (
        "demo-vlm on VQA-RAD",
        "451 rows of VQA-RAD (split test, variant mevf), in 203 clusters by image",
        "0.612 [0.563, 0.660]",
        "The whole interval lies above chance (0.500) and the majority baseline (0.531).",
        "9a1b2c3d4e5f" + "0" * 52,
        "CC0-1.0",
        "CPU, 2 cores",
        "2026-11-22",
        "10 of 166, those whose ids have the lowest hashes.",
        "10 of 21, those whose ids have the lowest hashes.",
        "fewer than 20 clusters: the interval is unreliable",
    ):
        assert part in said
    assert "Incomplete" not in said


def test_an_incomplete_run_says_so_first_and_gives_bounds_and_no_verdict(build, words_of):
    said = words_of(render([incomplete_record(build)]))
    assert "Incomplete. 30 of 451 rows failed" in said
    assert "between 0.580 (every failed row wrong) and 0.650 (every failed row right)" in said
    assert said.index("Incomplete.") < said.index("0.612")
    assert "The whole interval" not in said
    assert "time-out: no answer in 60 s" in said


def test_two_runs_are_compared_only_when_both_are_complete(build, words_of):
    comparison = build.comparison()
    said = words_of(render([build.record(), build.record()], [comparison]))
    assert "+0.042 [+0.010, +0.074]" in said
    assert "demo-vlm is better" in said
    withheld = words_of(render([build.record(), incomplete_record(build)], [comparison]))
    assert "none yet: a run is incomplete" in withheld
    assert "demo-vlm is better" not in withheld


def test_what_models_and_datasets_say_is_data(build):
    hostile = build.hostile
    row = build.row(
        1,
        id=hostile[:300],
        question=hostile,
        tags={hostile[:60]: hostile[:60]},
        response=Response(text=hostile),
        score=Score(
            status="scored", answer=hostile, rule=hostile[:60], span=(0, 8), values={"accuracy": 0.0}
        ),
    )
    manifest = build.manifest()
    manifest["model"] = manifest["model"] | {"name": hostile[:80]}
    sliced = build.estimate(name=f"organ={hostile[:60]}", note=hostile[:60])
    page = render([build.record([row], manifest=manifest, estimates=[build.estimate(), sliced])])
    outline = Outline(page)
    assert "script" not in {tag for tag, _ in outline.tags}
    assert page.count("&lt;script&gt;") >= 8
    assert not {"\x00", "\x1b", "\u202e"} & set(page)
    assert len(page) < 60_000


def test_a_long_answer_is_cut_around_what_was_read():
    text = "x" * 20_000 + "yes" + "z" * 20_000
    part = excerpt(text, (20_000, 20_003))
    assert part.read == "yes"
    assert len(part.before) + len(part.after) < 1600
    assert part.cut_before + len(part.before) + 3 + len(part.after) + part.cut_after == len(text)


def test_a_span_outside_the_text_is_ignored():
    assert excerpt("short", (3, 99)).after == "short"


def test_an_unreadable_image_leaves_a_box_with_the_reason(build):
    page = render([build.record()])
    assert "Image 2 cannot be shown." in page
    assert "no/such/image.png" in page


def test_options_show_what_was_right_and_what_was_given(build, words_of):
    said = words_of(render([build.record()]))
    assert "A Pneumothorax given B Effusion right C Nothing abnormal" in said
    assert "Right is B. Effusion" in said


def test_data_that_must_not_leave_is_held_back_unless_permitted(build):
    private = build.record(benchmark=build.benchmark(may_leave=False))
    page = render([private])
    assert "Held back" in page
    assert "data:image" not in page
    assert "Is there a fracture" not in page
    opened = replace(private, manifest={**private.manifest, "permitted": ["report"]})
    assert "Is there a fracture" in render([opened])


def test_what_failed_is_not_quoted_from_data_that_must_not_leave(build):
    manifest = build.manifest() | {"failures": {"images/mueller_anna.png: no such file": 1}}
    private = build.record(benchmark=build.benchmark(may_leave=False), manifest=manifest)
    assert "mueller_anna" not in render([private])
    assert "mueller_anna" in render([replace(private, benchmark=build.benchmark())])


def test_a_bare_manifest_is_enough(build, words_of):
    said = words_of(render([RunRecord(manifest={}, benchmark=build.benchmark(), estimates=[])]))
    assert "unnamed model on VQA-RAD" in said
    assert "The run holds no estimate of its primary metric, accuracy." in said
    assert "not recorded" in said


def test_decoding_that_nobody_changed_is_said_to_be_the_prompts_own(build, words_of):
    manifest = build.manifest()
    manifest["protocol"] = manifest["protocol"] | {"decoding": {}}
    record = build.record([], manifest=manifest)
    assert "Decoding as the prompt and the model's style set it" in words_of(render([record]))


def test_a_page_with_twenty_large_pictures_stays_small(build, tmp_path):
    path = write_html(tmp_path / "deep" / "report.html", [build.record()])
    assert path.stat().st_size < 3 * 2**20
    assert [p.name for p in path.parent.iterdir()] == ["report.html"]


def test_a_place_that_cannot_be_written_is_one_clear_line(build, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"report\.html: cannot be written"):
        write_html(tmp_path / "file" / "report.html", [build.record([])])


def test_a_run_over_the_real_questions_and_images(build, words_of, shared_data):
    from medassay.benchmarks.vqa_rad import BENCHMARK
    from medassay.types import Row, Where

    samples = list(BENCHMARK.load(Where(root=shared_data / "vqa_rad")))
    said = Response(text="I would say yes.")
    rows = [
        Row(
            sample=sample,
            response=said,
            score=Score(
                status="scored",
                answer="yes",
                rule="yes/no",
                span=(12, 15),
                values={"accuracy": float("yes" in sample.target.texts)},
            ),
        )
        for sample in samples
    ]
    right = sum(row.score.values["accuracy"] for row in rows)
    record = RunRecord.of(build.manifest(), BENCHMARK, [build.estimate(value=right / len(rows))], rows)
    page = render([record])
    assert record.wrong_total == 451 - right
    assert page.count("data:image/jpeg") == 10
    assert len(page) < 3 * 2**20
    shown = words_of(page)
    assert all(" ".join(row.sample.question.split()) in shown for row in record.wrong)


def test_the_constant_report_is_drawn_and_numbered(build, tmp_path):
    rouge = build.estimate("rouge_l", value=0.31, chance=None, majority=None, constant=0.274)
    text = write_html(tmp_path / "report.html", [build.record([], estimates=[rouge])]).read_text()
    assert '<td class="num" data-label="constant">0.274</td>' in text
    assert '<line class="constant" x1="27.4%"' in text
    without = write_html(tmp_path / "report.html", [build.record([])]).read_text()
    assert 'data-label="constant"' not in without
