"""The page in a real browser, against the real command: nothing is faked but the models."""

from __future__ import annotations

import functools
import http.server
import json
import os
import shutil
import subprocess
import sys
import threading
from contextlib import contextmanager

import pytest

from medassay.rows import read_rows
from medassay.view.reviews import FILE, read
from medassay.workflows.viewing import export

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright absent")
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium")


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as play:
        held = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield held
        held.close()


@pytest.fixture(scope="module")
def printed(runs, tmp_path_factory):
    command = [sys.executable, "-m", "medassay", "view", str(runs), "--port", "0", "--json"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=tmp_path_factory.mktemp("cwd")
    ) as server:
        assert server.stdout is not None
        yield json.loads(server.stdout.readline())["address"]
        server.terminate()


@pytest.fixture(scope="module")
def address(printed):
    """Without the token, which `_context` has spent."""
    return printed.partition("?")[0]


def _context(browser, printed, **settings):
    """A browser that has opened the printed address."""
    context = browser.new_context(**settings)
    context.request.get(printed)
    return context


@pytest.fixture
def page(browser, printed):
    """A page that may not complain, and may ask nobody but its own server."""
    context = _context(browser, printed, viewport={"width": 1300, "height": 900})
    held, complaints, asked = context.new_page(), [], set()
    held.on("console", lambda m: complaints.append(m.text) if m.type in {"error", "warning"} else None)
    held.on("pageerror", lambda error: complaints.append(str(error)))
    held.on("request", lambda request: asked.add(request.url.split("/")[2] if "://" in request.url else ""))
    yield held
    assert not complaints
    assert all(host.startswith(("127.0.0.1", "localhost")) for host in asked - {""})
    context.close()


def _key(page, address, model):
    return next(run["key"] for run in page.request.get(f"{address}api/runs").json() if run["model"] == model)


def _shown(page):
    page.locator(".pane .id").wait_for()
    return page.locator(".pane .id").inner_text()


def test_a_wrong_answers_image_is_three_clicks_from_the_leaderboard(page, address):
    page.goto(address)
    page.get_by_role("row").filter(has_text="first").get_by_role("link").first.click()
    page.get_by_label("Show").select_option("wrong")
    page.get_by_text("of 44 rows").wait_for()
    assert page.locator(".rows .mark.bad").first.inner_text() in {"✗", "unparsed"}
    page.locator(".stage img").wait_for()
    page.wait_for_function("document.querySelector('.stage img').naturalWidth === 96")


def test_filters_keep_the_rows_that_they_name_and_an_address_shows_the_same_again(page, address, runs):
    keys = [_key(page, address, name) for name in ("first", "second")]
    page.goto(f"{address}#/rows?runs={','.join(keys)}&show=disagree&slice=ward%3Dward+1")
    right = [
        {
            row.sample.id: row.score.values.get("accuracy") == 1
            for row in read_rows(runs / name / "rows.parquet")
            if row.sample.tags.get("ward") == "ward 1"
        }
        for name in ("first", "second")
    ]
    differ = {name for name in right[0] if right[0][name] != right[1][name]}
    page.get_by_text(f"{len(differ)} of 44 rows").wait_for()
    seen = {_shown(page)}
    for _ in range(len(differ) - 1):
        before = _shown(page)
        page.keyboard.press("j")
        page.wait_for_function(
            "before => document.querySelector('.pane .id').textContent !== before", arg=before
        )
        seen.add(_shown(page))
    assert seen == differ
    last = _shown(page)
    page.reload()
    assert _shown(page) == last


def test_two_models_stand_side_by_side_with_who_wins_first(page, address):
    keys = [_key(page, address, name) for name in ("first", "second")]
    page.goto(f"{address}#/rows?runs={','.join(keys)}")
    assert _shown(page)
    page.get_by_role("region", name="Answer of first").wait_for()
    page.get_by_role("region", name="Answer of second").wait_for()
    arrows = page.locator(".list [tabulator-field=wins].tabulator-cell").all_inner_texts()
    assert arrows == sorted(arrows, key=["←", "", "→"].index)
    page.get_by_text("Who wins where").click()
    page.locator(".between").get_by_role("img").wait_for()
    page.locator(".between").get_by_role("link", name="side=left").click()
    page.get_by_text("20 of 44 rows").wait_for()


def test_what_models_and_datasets_wrote_is_text(page, address):
    key = _key(page, address, "first")
    page.goto(f"{address}#/rows?runs={key}&id=hostile")
    assert _shown(page) == "hostile"
    assert page.locator(".said").first.inner_text().startswith("<script>")
    assert page.evaluate("window.taken") is None
    assert page.evaluate("document.body.scrollWidth <= window.innerWidth")
    assert page.evaluate("getComputedStyle(document.body).display") == "block"


def test_grey_values_slices_zoom_and_boxes(page, address):
    key = _key(page, address, "first")
    page.goto(f"{address}#/rows?runs={key}&id=hostile")
    page.get_by_label("Show image 2").click()
    page.get_by_label("black").fill("30000")
    page.get_by_label("black").press("Enter")
    page.wait_for_function("document.querySelector('.stage img').src.includes('low=30000')")
    page.locator(".stage").focus()
    page.keyboard.press("+")
    assert "scale(1.25)" in page.locator(".canvas").get_attribute("style")
    page.goto(f"{address}#/rows?runs={key}&id=stack")
    page.get_by_text("1 of 4", exact=True).wait_for()
    page.keyboard.press("]")
    page.wait_for_function("document.querySelector('.stage img').src.includes('page=1')")
    page.goto(f"{address}#/rows?runs={key}&id=boxed")
    page.locator(".boxes rect.gold").wait_for(state="attached")
    drawn = page.locator(".boxes rect.gold").bounding_box()
    whole = page.locator(".stage img").bounding_box()
    assert drawn["width"] / whole["width"] == pytest.approx(20 / 96, abs=0.03)
    assert (drawn["x"] - whole["x"]) / whole["width"] == pytest.approx(10 / 96, abs=0.03)


def test_a_review_stays_after_a_reload_and_is_blind(page, address, runs):
    key = _key(page, address, "second")
    page.goto(f"{address}#/rows?runs={key}&id=item-4&blind=1")
    page.get_by_label("Your name").fill("Ada")
    page.get_by_label("Note").fill("not on this image")
    page.get_by_role("heading", name="Review").click()
    assert "second" not in page.locator("main").inner_text()
    page.keyboard.press("2")
    page.get_by_text("Kept: wrong.").wait_for()
    page.reload()
    page.locator(".said-by").get_by_text("Ada").wait_for()
    [review] = read(runs / "second")
    assert (review.id, review.verdict, review.note, review.blind) == (
        "item-4",
        "wrong",
        "not on this image",
        True,
    )
    page.goto(f"{address}#/reviews")
    page.get_by_role("link", name="item-4").click()
    assert _shown(page) == "item-4"
    (runs / "second" / FILE).unlink()


def test_a_run_that_goes_on_shows_how_far_it_is(page, runs, tmp_path, address):
    going = runs / "going"
    shutil.copytree(runs / "first", going)
    manifest = json.loads((going / "manifest.json").read_text("utf-8"))
    for name in ("rows.parquet", "estimates.parquet"):
        (going / name).unlink()
    state = {
        "done": 7,
        "total": 44,
        "unparsed": 1,
        "failed": 0,
        "rate": 2.5,
        "at": "2026-01-01T00:00:00+00:00",
    }
    (going / "progress.json").write_text(json.dumps(state))
    (going / "manifest.json").write_text(json.dumps({**manifest, "id": "0" * 64, "status": "running"}))
    try:
        page.goto(address)
        page.get_by_text("7 of 44").wait_for()
        (going / "progress.json").write_text(json.dumps({**state, "done": 19}))
        page.get_by_text("19 of 44").wait_for()
    finally:
        shutil.rmtree(going)


@contextmanager
def _served(folder):
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_an_export_shows_the_same_rows_without_a_server_of_ours(page, address, runs, tmp_path, monkeypatch):
    monkeypatch.setattr(http.server.SimpleHTTPRequestHandler, "log_message", lambda *_: None)
    export([runs], tmp_path / "site")
    key = _key(page, address, "first")
    place = f"#/rows?runs={key}&show=wrong&text=finding"
    page.goto(address + place)
    counted, first = page.locator("p.soft").first.inner_text(), _shown(page)
    with _served(tmp_path / "site") as there:
        page.goto(there + place)
        assert _shown(page) == first
        assert page.locator("p.soft").first.inner_text() == counted
        page.wait_for_function("document.querySelector('.stage img').naturalWidth === 96")
        assert page.get_by_role("link", name="Reviews").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_serious_finding_of_axe(browser, printed, address, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = _context(browser, printed, color_scheme=scheme).new_page()
    page.goto(address)
    keys = ",".join(_key(page, address, name) for name in ("first", "second"))
    for place in ("", f"#/rows?runs={keys}&id=boxed", f"#/rows?runs={keys}&id=hostile", "#/reviews"):
        page.goto(address + place)
        page.locator("main h2").wait_for()
        page.wait_for_timeout(500)
        found = Axe().run(page).response["violations"]
        serious = [
            (one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in {"serious", "critical"}
        ]
        assert not serious, place
