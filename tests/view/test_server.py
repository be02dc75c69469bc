import io
import json
import subprocess
import sys
from urllib.parse import quote

import httpx
import numpy as np
import PIL.Image
import pytest
from starlette.testclient import TestClient

from medassay.view.guard import same
from medassay.view.server import make
from medassay.workflows.viewing import Shelf


@pytest.fixture
def shelf(runs):
    return Shelf([runs])


@pytest.fixture
def client(shelf, tmp_path):
    app = make(shelf, thumbnails=tmp_path / "small", token="secret-token")
    held = TestClient(app, base_url="http://localhost:1")
    held.get("/?token=secret-token")
    return held


@pytest.fixture
def key(shelf):
    return next(key for key, run in shelf().items() if run.model == "first")


def _places(client, key):
    return {name: n for n, name in enumerate(client.get(f"/api/runs/{key}/index").json()["id"])}


def _pixels(answer):
    return np.asarray(PIL.Image.open(io.BytesIO(answer.content)).convert("L"))


def test_every_number_has_as_many_rows_as_its_kinds_and_slice_leave(client):
    """The page filters by the kinds and the slice of a number: what is left must be its n."""
    numbers = 0
    for run in client.get("/api/runs").json():
        table = client.get(f"/api/runs/{run['key']}/index").json()
        for estimate in run["estimates"]:
            parts = [] if estimate["slice"] == "all" else [estimate["slice"].split("=", 1)]
            rows = list(range(len(table["id"])))
            for name, value in parts:
                tag = table["tags"].get(name)
                rows = [
                    n
                    for n in rows
                    if tag and tag["codes"][n] >= 0 and tag["values"][tag["codes"][n]] == value
                ]
            assert sum(table["kind"][n] in estimate["kinds"] for n in rows) == estimate["n"], estimate
            numbers += 1
    assert numbers > 10


def test_a_row_has_what_was_asked_said_and_read(client, key):
    held = client.get(f"/api/runs/{key}/rows/{_places(client, key)['item-1']}").json()
    assert held["question"] == "Which side shows finding 1?"
    assert [(o["name"], o["gold"], o["taken"]) for o in held["options"]] == [
        ("A", False, False),
        ("B", True, True),
    ]
    start, end = held["span"]
    assert "B" in held["text"][start:end]
    assert held["rule"]
    assert held["values"] == {"accuracy": 1.0}
    boxed = client.get(f"/api/runs/{key}/rows/{_places(client, key)['boxed']}").json()["boxes"]
    assert boxed["gold"] == [{"x0": 10, "y0": 8, "x1": 30, "y1": 24, "label": "nodule"}]
    assert boxed["answer"][0]["x0"] == 12


def test_grey_values_and_pages_are_chosen(client, key):
    places = _places(client, key)
    deep = f"/api/runs/{key}/rows/{places['hostile']}/images/1"
    assert client.get(f"{deep}/planes").json() == {
        "size": [96, 64],
        "levels": [0, 57000],
        "stacks": {},
        "at": {},
    }
    assert _pixels(client.get(deep))[0, 95] == 255
    dark = _pixels(client.get(f"{deep}?low=30000&high=90000"))
    assert dark[0, 40] == 0
    assert dark[0, 95] == round(255 * (57000 - 30000) / 60000)
    stack = f"/api/runs/{key}/rows/{places['stack']}/images/0"
    assert client.get(f"{stack}/planes").json()["stacks"] == {"page": 4}
    assert [_pixels(client.get(f"{stack}?page={n}"))[0, 0] for n in range(4)] == [0, 80, 160, 240]
    refused = client.get(f"{stack}?page=9")
    assert (refused.status_code, "page=9" in refused.json()["detail"]) == (422, True)


def test_a_small_picture_is_made_once(client, key, tmp_path, monkeypatch):
    address = f"/api/runs/{key}/rows/0/images/0/small"
    first = client.get(address)
    [kept] = (tmp_path / "small").iterdir()
    assert (tmp_path / "small").stat().st_mode & 0o077 == 0
    monkeypatch.setattr("medassay.view.pictures.small", lambda _image: pytest.fail("made again"))
    assert client.get(address).content == first.content == kept.read_bytes()


@pytest.mark.parametrize(
    "path",
    [
        "/../../etc/passwd",
        "/%2e%2e/%2e%2e/server.py",
        "/vendor/..%2f..%2fserver.py",
        "/api/runs/..%2f..%2fdata/index",
        "/api/runs/KEY/rows/-1",
        "/api/runs/KEY/rows/99999",
        "/api/runs/KEY/rows/0/images/7",
        "/api/runs/KEY/rows/0/images/-1",
        "/api/runs/KEY/rows/..%2f/images/0",
        "/api/errata/other.yaml",
        "/api/errata/every%0d%0athing.yaml",
        "/docs",
        "/openapi.json",
    ],
)
def test_nothing_but_runs_rows_and_the_page_is_read(client, key, path):
    answer = client.get(path.replace("KEY", key))
    assert answer.status_code in {404, 405, 422}, path
    assert "root:" not in answer.text
    assert "def make" not in answer.text


def test_fields_of_a_uri_that_name_files_are_not_taken(client, key):
    plain = client.get(f"/api/runs/{key}/rows/0/images/0")
    assert (
        client.get(f"/api/runs/{key}/rows/0/images/0?member={quote('/etc/passwd')}&key=x").content
        == plain.content
    )


def test_a_page_elsewhere_cannot_reach_it_or_write(client, key):
    theirs = TestClient(client.app, base_url="http://evil.example:1")  # a name they let mean this machine
    assert [theirs.get(path).status_code for path in ("/", "/api/runs", "/data.js")] == [401] * 3
    said = {"reviewer": "Eve", "verdict": "right"}
    there = f"/api/runs/{key}/rows/0/reviews"
    assert client.post(there, json=said, headers={"origin": "http://evil.example"}).status_code == 403
    plain = client.post(there, content=json.dumps(said), headers={"content-type": "text/plain"})
    assert plain.status_code == 422


def test_every_answer_forbids_other_sources(client):
    for path in ("/", "/api/runs", "/nothing"):
        policy = client.get(path).headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy


def test_a_token_opens_and_turns_into_a_cookie(shelf, tmp_path):
    app = make(shelf, thumbnails=tmp_path, token="secret-token")
    client = TestClient(app, base_url="http://ward-7:1", follow_redirects=False)
    assert client.get("/api/runs").status_code == 401
    assert client.get("/?token=wrong").status_code == 401
    assert client.get("/", headers={"cookie": "medassay_view_1=wrong"}).status_code == 401
    answer = client.get("/?token=secret-token")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert answer.headers["set-cookie"].startswith("medassay_view_1=secret-token; HttpOnly")
    assert client.get("/api/runs").status_code == 200
    other = make(shelf, thumbnails=tmp_path, token="other-token")  # on another port, in the same browser
    beside = TestClient(other, base_url="http://ward-7:2", cookies=client.cookies, follow_redirects=False)
    assert beside.get("/").status_code == 401
    assert beside.get("/?token=other-token").headers["set-cookie"].startswith("medassay_view_2=other-token")


def test_the_command_answers_only_who_has_the_address_that_it_prints(runs, tmp_path):
    command = [sys.executable, "-m", "medassay", "view", str(runs), "--port", "0", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=tmp_path) as server:
        try:
            assert server.stdout is not None
            printed = json.loads(server.stdout.readline())["address"]
            with httpx.Client(follow_redirects=True) as browser:
                api = httpx.URL(printed).copy_with(path="/api/runs", query=None)
                assert browser.get(api).status_code == 401
                assert "<title>" in browser.get(printed).text
                assert {run["model"] for run in browser.get(api).json()} == {"first", "second"}
        finally:
            server.terminate()


def test_secrets_are_compared_whatever_they_hold():
    assert same("é", "é")
    assert not same("é", "")


def test_a_review_is_kept_in_the_run_and_leaves_as_csv_and_errata(client, key, shelf):
    said = {"reviewer": "Ada", "verdict": "bad question", "note": "<b>both</b>", "key": "A", "blind": True}
    made = client.post(f"/api/runs/{key}/rows/3/reviews", json=said)
    assert made.status_code == 201
    assert made.json()["id"] == "item-3"
    held = client.get(f"/api/runs/{key}/reviews").json()["reviews"]
    assert [one["note"] for one in held] == ["<b>both</b>"]
    assert "item-3,Ada,bad question" in client.get("/api/reviews.csv").text
    assert "item-3" in client.get("/api/errata/everything.yaml").text
    bad = client.post(f"/api/runs/{key}/rows/3/reviews", json={**said, "verdict": "fine"})
    assert (bad.status_code, "fine" in bad.json()["detail"]) == (422, True)
    assert client.post(f"/api/runs/{key}/rows/3/reviews", json={"id": "x", "other": 1}).status_code == 422
    (shelf()[key].path / "reviews.jsonl").unlink()
