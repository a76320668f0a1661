"""The pages on which somebody fits stretches to themselves, and changes the words of a stretch of their own."""

from dataclasses import replace
from pathlib import Path

from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from backstretch.calibration.goals import CAMERA, NEUTRAL_CAMERA
from backstretch.calibration.guided import TAKES
from backstretch.display.html.app_making import (
    Takes,
    making_page,
    takes_page,
    words_page,
)
from backstretch.display.html.app_pages import REGION_WORDS
from backstretch.errors import InputError
from backstretch.files import save_text
from backstretch.history.profile import own_poses, saved_neutral
from backstretch.poses.library import Library
from backstretch.poses.pose import Check, Pose
from backstretch.poses.pose_writer import pose_text
from backstretch.web.answers import offer_of, who_of
from backstretch.web.desk import Desk
from backstretch.web.lines import body_of
from backstretch.web.making import NEUTRAL, NEW, OWN, MakingAsked, name_of
from backstretch.web.order import library_of
from backstretch.web.visit import Visit

MOST_FORM, LONGEST_WORDS = 65536, 200


class MakingPages:
    """Answers what these pages ask for.

    Args:
        desk: Where the takes are asked for.
        visit: The page before its camera.
    """

    def __init__(self, desk: Desk, visit: Visit) -> None:
        self._desk, self._visit = desk, visit
        self.routes = [
            Route("/calibrate", self._making),
            Route("/calibrate/takes", self._takes),
            Route("/calibrate/{stretch}", self._delete, methods=["DELETE"]),
            Route("/words", self._words),
            Route("/words", self._save_words, methods=["POST"]),
        ]

    def _making(self, request: Request) -> Response:
        who = who_of(request.query_params)
        neutral = saved_neutral(who)
        return HTMLResponse(making_page(library_of(who), neutral.date if neutral else "", who))

    def _takes(self, request: Request) -> Response:
        values = request.query_params
        who, makes = who_of(values), values.get("makes", "")
        name = values.get("stretch" if makes == OWN else "name", "")
        asked = MakingAsked.of({**values, "makes": makes, "name": name})  # refuses what cannot be
        library = library_of(who)
        pose = library.poses.get(name) if makes == OWN else None
        if makes == OWN and pose is None:
            raise HTTPException(404)
        region = asked.region if makes == NEW else ""
        camera = NEUTRAL_CAMERA if makes == NEUTRAL else pose.camera if pose else CAMERA
        side = values.get("side", "both")
        takes = Takes(makes, camera, TAKES, asked.name, region, side, pose)
        offer = offer_of(self._desk, self._visit, name_of(makes, asked.name))
        return HTMLResponse(takes_page(takes, who, offer))

    def _delete(self, request: Request) -> Response:
        """Delete a file of the person's own; its path is looked up, not made of the address."""
        who = who_of(request.query_params)
        _, path = _own(request.path_params["stretch"], who, library_of(who))
        path.unlink()
        return Response(status_code=204)

    def _words(self, request: Request) -> Response:
        who = who_of(request.query_params)
        pose, _ = _own(request.query_params.get("stretch", ""), who, library_of(who))
        return HTMLResponse(words_page(pose, who))

    async def _save_words(self, request: Request) -> Response:
        form = QueryParams(await body_of(request, MOST_FORM))
        who = who_of(form)
        pose, path = _own(form.get("stretch", ""), who, library_of(who))
        region = form.get("region", "")
        if region not in REGION_WORDS:
            raise HTTPException(400)
        changed = replace(
            pose,
            name=_text(form, "name", pose.name),
            regions=(region,),
            side_rule=_text(form, "side_rule", pose.side_rule),
            checks=tuple(_check(form, number, check) for number, check in enumerate(pose.checks)),
        )
        save_text(pose_text(changed), path, force=True)
        address = f"/calibrate?{QueryParams({'who': who})}" if who else "/calibrate"
        return RedirectResponse(address, 303)


def _own(name: str, who: str, library: Library) -> tuple[Pose, Path]:
    """A pose of the person's own, and its file.

    Raises:
        HTTPException: There is none of this id in their folder.
    """
    path = library.paths.get(name)
    if path is None or name not in library.own_ids or path.parent != own_poses(who):
        raise HTTPException(404)
    return library.poses[name], path


def _check(form: QueryParams, number: int, check: Check) -> Check:
    return replace(
        check,
        below=_text(form, f"{number}.below", check.below),
        above=_text(form, f"{number}.above", check.above),
    )


def _text(form: QueryParams, key: str, before: str) -> str:
    """What a form says in one line; what was there before where it says nothing.

    Raises:
        InputError: It is too long, or has characters that cannot be displayed.
    """
    text = " ".join(form.get(key, "").split())
    if len(text) > LONGEST_WORDS or not text.isprintable():
        raise InputError(
            f"give words of at most {LONGEST_WORDS} letters, without special characters"
        )
    return text or before
