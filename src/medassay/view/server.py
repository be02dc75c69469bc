"""The server behind the page: reads runs, writes reviews, and nothing else.

An address names a run by its key and a row by its place, never a file: what can be read is what the rows
of the runs name.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from fastapi import Body, FastAPI, HTTPException, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from fastapi.staticfiles import StaticFiles

from medassay.errors import DataError, MedassayError, MissingExtra
from medassay.images import planes
from medassay.types import Image, Row
from medassay.view import reviews
from medassay.view.agreeing import agreement
from medassay.view.detail import detail
from medassay.view.guard import Guard
from medassay.view.index import found, index
from medassay.view.pictures import CHOICES, Thumbnails, whole
from medassay.view.shown import Runs, Shown

STATIC = Path(__file__).parent / "static"
_LASTING = {"cache-control": "private, max-age=86400"}  # an image under one address does not change in a day
_NEW = {"cache-control": "no-store"}
Spoken = Annotated[dict[str, Any], Body()]


def make(runs: Runs, *, thumbnails: Path, token: str) -> Guard:
    """The application.

    Args:
        runs: those that are open, asked at every request: what goes on is shown as it is now.
        thumbnails: the folder in which small pictures are kept.
        token: without which nothing is answered.
    """
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    _tell_errors(app)
    _read_runs(app, runs)
    _read_images(app, runs, Thumbnails(thumbnails))
    _review(app, runs)
    app.mount("/", StaticFiles(directory=STATIC, html=True))
    return Guard(app, token)


def _tell_errors(app: FastAPI) -> None:
    @app.exception_handler(MedassayError)
    def _told(_request: Request, error: Exception) -> JSONResponse:
        status = 422 if isinstance(error, (DataError, MissingExtra)) else 500
        return JSONResponse({"detail": str(error)}, status, headers=_NEW)


def _read_runs(app: FastAPI, runs: Runs) -> None:
    @app.get("/api/runs")
    def _all() -> JSONResponse:
        return _json([run.summary() for run in runs().values()])

    @app.get("/api/runs/{key}/index")
    def _index(key: str) -> JSONResponse:
        return _json(index(_run(runs, key)))

    @app.get("/api/runs/{key}/found")
    def _found(key: str, text: str) -> JSONResponse:
        return _json(found(_run(runs, key), text))

    @app.get("/api/runs/{key}/rows/{place}")
    def _detail(key: str, place: int) -> JSONResponse:
        return _json(detail(_row(runs, key, place)))


def _read_images(app: FastAPI, runs: Runs, thumbnails: Thumbnails) -> None:
    @app.get("/api/runs/{key}/rows/{place}/images/{number}")
    def _image(key: str, place: int, number: int, request: Request) -> Response:
        asked = request.query_params
        body, kind = whole(
            _picture(runs, key, place, number), {name: asked[name] for name in CHOICES if name in asked}
        )
        return Response(body, media_type=kind, headers=_LASTING)

    @app.get("/api/runs/{key}/rows/{place}/images/{number}/small")
    def _small(key: str, place: int, number: int) -> Response:
        body, kind = thumbnails.get(_picture(runs, key, place, number))
        return Response(body, media_type=kind, headers=_LASTING)

    @app.get("/api/runs/{key}/rows/{place}/images/{number}/planes")
    def _planes(key: str, place: int, number: int) -> JSONResponse:
        held = planes(_picture(runs, key, place, number))
        return _json(
            {"size": held.size, "levels": held.levels, "stacks": dict(held.stacks), "at": dict(held.at)}
        )


def _review(app: FastAPI, runs: Runs) -> None:
    @app.get("/api/runs/{key}/reviews")
    def _reviews(key: str) -> JSONResponse:
        run = _run(runs, key)
        held = reviews.read(run.path)
        said = [_plain(review) for review in reviews.latest(held)]
        return _json({"reviews": said, "agreement": agreement(run, held)})

    @app.post("/api/runs/{key}/rows/{place}/reviews", status_code=201)
    def _add(key: str, place: int, said: Spoken) -> JSONResponse:
        known = {
            "id": _row(runs, key, place).sample.id,
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        try:
            review = reviews.Review(**{**said, **known})
        except TypeError as error:
            raise DataError("a review has reviewer, verdict, note, key and blind") from error
        reviews.add(_run(runs, key).path, review)
        return _json(_plain(review), 201)

    @app.get("/api/reviews.csv")
    def _table() -> PlainTextResponse:
        held = [(run.key, run.model, review) for run in runs().values() for review in reviews.read(run.path)]
        return _file(reviews.table(held), "text/csv", "reviews.csv")

    @app.get("/api/errata/{benchmark}.yaml")
    def _errata(benchmark: str) -> PlainTextResponse:
        marked = []
        held = [run for run in runs().values() if run.benchmark.name == benchmark]
        if not held:
            raise HTTPException(404, "no run of that benchmark is open here")
        for run in held:
            if run.rows is not None:
                names = run.rows.columns(("id",))["id"].to_pylist()
                places = {name: place for place, name in enumerate(names)}
                marked += [
                    (run.key, review, run.rows.row(places[review.id]))
                    for review in reviews.latest(reviews.read(run.path))
                    if review.id in places
                ]
        return _file(reviews.errata(benchmark, marked), "application/yaml", f"{benchmark}.yaml")


def _run(runs: Runs, key: str) -> Shown:
    run = runs.get(key)
    if run is None:
        raise HTTPException(404, "no such run is open here")
    return run


def _row(runs: Runs, key: str, place: int) -> Row:
    run = _run(runs, key)
    if run.rows is None:
        raise DataError(f"the run of {run.model} goes on: it has no rows yet")
    try:
        return run.rows.row(place)
    except IndexError:
        raise HTTPException(404, "the run has no such row") from None


def _picture(runs: Runs, key: str, place: int, number: int) -> Image:
    images = _row(runs, key, place).sample.images
    if not 0 <= number < len(images):
        raise HTTPException(404, "the row has no such image")
    return images[number]


def _plain(review: reviews.Review) -> dict[str, Any]:
    return {name: getattr(review, name) for name in review.__slots__}


def _json(held: Any, status: int = 200) -> JSONResponse:
    return JSONResponse(held, status, headers=_NEW)


def _file(text: str, kind: str, name: str) -> PlainTextResponse:
    headers = {**_NEW, "content-disposition": f'attachment; filename="{name}"'}
    return PlainTextResponse(text, media_type=kind, headers=headers)
