"""The pages: choose a stretch or set, the health questions, being led, and looking back."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from importlib import resources

from starlette.applications import Starlette
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket

from backstretch.display.html.app_pages import (
    choose_page,
    health_page,
    history_page,
    live_page,
)
from backstretch.display.html.page import style_of
from backstretch.display.html.progress_page import progress_html
from backstretch.display.pictures.demonstration import demonstration_file, has_demonstration
from backstretch.errors import BackstretchError, InputError
from backstretch.formats.result_files import REPORT
from backstretch.history.export import ExportFormat, exported
from backstretch.history.health import (
    FORMAT,
    QUESTIONS,
    VERSION,
    Answers,
    load_answers,
    save_answers,
)
from backstretch.history.history import History
from backstretch.history.profile import (
    SESSIONS,
    answers_path,
    data_folder,
)
from backstretch.history.progress import Query, overview_of
from backstretch.history.saving import with_history
from backstretch.history.today import advice_today
from backstretch.judging.matching import Form
from backstretch.poses.library import Library
from backstretch.poses.pose import Pose
from backstretch.web.answers import alone, offer_of, report_of, who_of
from backstretch.web.conversation import Conversation
from backstretch.web.desk import Desk
from backstretch.web.drawings import Drawings
from backstretch.web.lines import Requests, Tell, body_of, talk
from backstretch.web.making_pages import MakingPages
from backstretch.web.order import library_of
from backstretch.web.visit import Visit

MOST_LISTED = 200
"""How many sessions are listed."""
EXPORT = "backstretch-history"
"""Name of the file with the history, without its ending."""
EXPORTS = {
    ExportFormat.CSV: "text/csv",
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportFormat.JSON: "application/json",
}
LONGEST_NUMBER = 18
"""Digits of a session's number, at the most."""
MOST_FORM = 65536
"""Longest form that is read, in bytes."""
STYLES = ("page_style.css", "app_style.css")


class Site:
    """Answers what the page asks for.

    Args:
        desk: Where sessions are asked for.
        visit: The page before its camera.
        more: Routes of other pages.
    """

    def __init__(self, desk: Desk, visit: Visit, more: Sequence[BaseRoute] = ()) -> None:
        self._desk, self._visit = desk, visit
        self._libraries: dict[str, Library] = {}
        self._drawings = Drawings()
        requests = Requests(self._meet)
        making = MakingPages(desk, visit)
        self.app = Starlette(
            routes=[
                Route("/", self._choose),
                Route("/health", self._health),
                Route("/health", self._save_health, methods=["POST"]),
                Route("/live", self._live),
                Route("/history", self._history),
                Route("/history/{name}.{ending}", self._export),
                Route("/history/{number}", self._delete, methods=["DELETE"]),
                Route("/progress", self._progress),
                Route("/poses/{pose}/{side}.png", self._drawing),
                Route("/poses/{pose}.mp4", self._demonstration),
                Route("/reports/{number}", self._saved_report),
                Route("/reports/live/{name}", self._report),
                Route("/style.css", _style),
                Route("/favicon.ico", _nothing),
                Mount(
                    "/static", StaticFiles(directory=str(resources.files(__package__) / "static"))
                ),
                *making.routes,
                WebSocketRoute("/eye", self._eye),
                Route("/eye/{line}", requests.say, methods=["POST"]),
                Route("/eye/{line}/told", requests.told, methods=["POST"]),
                *more,
            ],
            exception_handlers={BackstretchError: _refused},
        )

    def end(self) -> None:
        """Wait for what is being made for the page."""
        self._drawings.end()

    def _choose(self, request: Request) -> Response:
        who = who_of(request.query_params)
        answers = load_answers(answers_path(who))
        if answers is None:
            return RedirectResponse(_address("/health", who=who), 303)
        self._libraries[who] = library_of(who)  # its drawings are asked for next
        return HTMLResponse(choose_page(self._libraries[who], answers, who))

    def _health(self, request: Request) -> Response:
        who = who_of(request.query_params)
        return HTMLResponse(health_page(load_answers(answers_path(who)), who))

    async def _save_health(self, request: Request) -> Response:
        form = QueryParams(await body_of(request, MOST_FORM))
        who = who_of(form)
        given = {key: form.get(key, "skipped") for key in QUESTIONS}
        if not set(given.values()) <= {"yes", "no", "skipped"}:
            raise HTTPException(400)
        answers = Answers.model_validate(
            {"format": FORMAT, "version": VERSION, "asked_on": date.today(), "answers": given}  # noqa: DTZ011
        )
        save_answers(answers_path(who), answers)
        return RedirectResponse(_address("/", who=who), 303)

    def _live(self, request: Request) -> Response:
        who = who_of(request.query_params)
        name = request.query_params.get("stretch") or request.query_params.get("set", "")
        library = library_of(who)
        if name not in library.poses and name not in library.sets:
            raise HTTPException(404)
        today, _ = advice_today(who)
        offer = offer_of(self._desk, self._visit, name)
        return HTMLResponse(live_page(library, name, who, today, offer))

    def _history(self, request: Request) -> Response:
        who = who_of(request.query_params)

        def pages(history: History) -> str:
            sittings, holds = (
                history.sittings(who, MOST_LISTED),
                history.hold_counts(who, MOST_LISTED),
            )
            return history_page(sittings, holds, history.count(who), history.people(), who)

        return HTMLResponse(with_history(pages)[0])

    def _export(self, request: Request) -> Response:
        """The history as a file."""
        if request.path_params["name"] != EXPORT or request.path_params["ending"] not in EXPORTS:
            raise HTTPException(404)
        who, chosen = who_of(request.query_params), ExportFormat(request.path_params["ending"])
        content, _ = with_history(lambda history: exported(history, who, chosen))
        as_file = {"content-disposition": f'attachment; filename="{EXPORT}.{chosen}"'}
        return Response(content, media_type=EXPORTS[chosen], headers=as_file)

    def _delete(self, request: Request) -> Response:
        number = _number(request)
        with _not_found():
            with_history(lambda history: history.delete(number))
        return Response(status_code=204)

    def _progress(self, request: Request) -> Response:
        who = who_of(request.query_params)
        poses, today = list(library_of(who).poses.values()), datetime.now().astimezone().date()
        found, _ = with_history(lambda history: overview_of(history, Query(who), today, poses))
        return alone(progress_html(found))

    def _saved_report(self, request: Request) -> Response:
        """The report of a session of the history, made of what is saved of it."""
        number = _number(request)
        with _not_found():
            saved, _ = with_history(lambda each: (each.document(number), each.sitting(number)))
        document, sitting = saved
        return report_of(document, sitting.profile)

    def _drawing(self, request: Request) -> Response:
        pose, side = self._pose(request), request.path_params["side"]
        sides = {"both": None} if pose.sides == "both" else {"left": "left", "right": "right"}
        if side not in sides or not pose.figure:
            raise HTTPException(404)
        drawing = self._drawings.png(Form(pose, sides[side]))
        return Response(drawing, 503 if drawing is None else 200, media_type="image/png")

    def _pose(self, request: Request) -> Pose:
        who = who_of(request.query_params)
        library = self._libraries.get(who) or library_of(who)
        pose = library.poses.get(request.path_params["pose"])
        if pose is None:
            raise HTTPException(404)
        return pose

    def _demonstration(self, request: Request) -> Response:
        pose = self._pose(request)
        if not has_demonstration(pose):
            raise HTTPException(404)
        return FileResponse(demonstration_file(pose), media_type="video/mp4")

    def _report(self, request: Request) -> Response:
        """The report of a live session: its folder is looked up by its name, not joined to a path."""
        sessions = data_folder() / SESSIONS
        folders = {each.name: each for each in sessions.iterdir()} if sessions.is_dir() else {}
        folder = folders.get(request.path_params["name"])
        if folder is None or not (folder / REPORT).is_file():
            raise HTTPException(404)
        return alone((folder / REPORT).read_text(encoding="utf-8"))

    async def _eye(self, socket: WebSocket) -> None:
        """A page before its camera, for as long as it is connected."""
        await talk(socket, self._meet)

    def _meet(self, tell: Tell) -> Conversation:
        return Conversation(tell, self._desk, self._visit)


@contextmanager
def _not_found() -> Iterator[None]:
    """Answer that there is no such page where there is no such session."""
    try:
        yield
    except InputError as error:
        raise HTTPException(404) from error


def _number(request: Request) -> int:
    """The session's number in an address."""
    words = request.path_params["number"]
    if not (words.isascii() and words.isdecimal() and len(words) <= LONGEST_NUMBER):
        raise HTTPException(404)
    return int(words)


def _address(path: str, **values: str) -> str:
    query = str(QueryParams({name: value for name, value in values.items() if value}))
    return f"{path}?{query}" if query else path


def _style(_request: Request) -> Response:
    return Response(style_of(*STYLES), media_type="text/css")


def _nothing(_request: Request) -> Response:
    return Response(status_code=204)


def _refused(_request: Request, error: Exception) -> Response:
    return Response(f"{error}\n", 400, media_type="text/plain")
