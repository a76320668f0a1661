"""What page and program say to each other in a session: version 1.

From the page: pictures (`Picture`), and JSON objects with one of the keys ``begin``, ``go_on``, ``take_over``,
``command``, ``mute`` and ``shown``. From the program: JSON objects, each with ``v`` and one of
``look``, ``ended``, ``refused``, ``question``, ``busy``, ``taken`` and ``remark``; and, in the same form,
pictures of a camera that is not the page's, which the page answers by ``shown``.
"""

import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from backstretch.coaching.scene import Event, Say, Scene, Sound
from backstretch.display.pictures.demonstration import has_demonstration
from backstretch.display.pictures.live_view import JUDGED, LiveState
from backstretch.display.pictures.overlay import marks_of
from backstretch.display.pictures.summary_view import Ending, title_of
from backstretch.errors import InputError
from backstretch.judging.result import Result, tallies
from backstretch.kinematics.landmarks import Landmarks
from backstretch.kinematics.measures import VISIBLE

VERSION = 1
HEAD = struct.Struct("<I4xd")
"""Before each picture: its number, and when it was taken, in milliseconds of the page's clock."""
DIGITS = 4


@dataclass(frozen=True)
class Picture:
    """One picture of the page's camera.

    Attributes:
        number: The page's number of it.
        time_ms: When it was taken, by the page's clock.
        jpeg: The picture.
    """

    number: int
    time_ms: float
    jpeg: bytes


def picture_of(message: bytes) -> Picture:
    """Read a picture.

    Raises:
        InputError: It is none.
    """
    if len(message) <= HEAD.size:
        raise InputError("a picture is cut off")
    number, time_ms = HEAD.unpack_from(message)
    if not np.isfinite(time_ms):
        raise InputError("a picture has no time")
    return Picture(number, time_ms, message[HEAD.size :])


def request_of(text: str) -> dict[str, Any]:
    """Read what a page asks for.

    Raises:
        InputError: It is not an object of one key.
    """
    try:
        request = json.loads(text)
        json.dumps(request, allow_nan=False, ensure_ascii=False).encode()  # only what has a meaning
    except (ValueError, RecursionError) as error:
        raise InputError("the page said something that cannot be read") from error
    if not isinstance(request, dict) or len(request) != 1:
        raise InputError("the page said something that cannot be read")
    return request


def look_of(state: LiveState, camera: str, number: int | None, *, muted: bool) -> dict[str, Any]:
    """What is shown now: the body in the picture of this number, which this camera took, and the scene."""
    scene = state.visible_scene
    is_judged = scene.phase in JUDGED
    marks = state.marks
    return {
        "look": number,
        "camera": camera,
        "body": None if marks is None else _body(marks),
        "marks": [] if marks is None or not is_judged else _marks(state, marks),
        "scene": scene_of(scene),
        "slow": state.slow,
        "muted": muted,
    }


def scene_of(scene: Scene) -> dict[str, Any]:
    """A scene as the page shows it."""
    breath = scene.breath
    return {
        "phase": scene.phase.value,
        "status": scene.status.value,
        "title": scene.title,
        "words": scene.words,
        "note": scene.note,
        "name": scene.name,
        "progress": scene.progress,
        "asked_s": scene.asked_s,
        "valid_s": round(scene.valid_s, 2),
        "left_s": scene.left_s,
        "rest_s": scene.rest_s,
        "breath": None if breath is None else [round(breath.fullness, 3), breath.inhaling],
        "steps": list(scene.steps),
        "step_at": scene.step_at,
        "pose": scene.form.pose.id,
        "has_film": has_demonstration(scene.form.pose),
        "side": scene.form.side,
    }


def _body(marks: Landmarks) -> list[list[float]]:
    """Each landmark: x and y as shares of the picture, and whether it is seen."""
    shares = marks.xy_px / np.array(marks.image_wh, float)
    seen = marks.visibility >= VISIBLE
    return [
        [round(float(x), DIGITS), round(float(y), DIGITS), int(is_seen)]
        for (x, y), is_seen in zip(shares, seen, strict=True)
    ]


def _marks(state: LiveState, marks: Landmarks) -> list[list[Any]]:
    """Each judged place: the landmarks that it lies between, and how it is."""
    if state.step is None or state.step.verdict is None:
        return []
    spots = marks_of(state.step.verdict, marks.visibility >= VISIBLE)
    return [[[list(part) for part in spot], mark.name.lower()] for spot, mark in spots.items()]


def heard_of(events: Sequence[Event]) -> list[dict[str, Any]]:
    """What is to be heard of some events: lines to speak, and earcons."""
    return [
        {"words": each.words, "urgent": each.urgent}
        if isinstance(each, Say)
        else {"earcon": each.earcon.value}
        for each in events
        if isinstance(each, Say | Sound)
    ]


def ended_of(result: Result, ending: Ending, report: str) -> dict[str, Any]:
    """What a session came to; ``report`` is the address of its report, empty for none."""
    rows = []
    for tally in tallies(result):
        name, side = tally.form.pose.name, tally.form.side
        is_done = tally.done >= tally.asked
        rows.append(
            {
                "name": f"{name}, {side}" if side else name,
                "held_s": round(tally.held_s, 1),
                "done": tally.done,
                "asked": tally.asked,
                "asked_s": tally.asked_s,
                "trouble": "" if is_done else ending.troubles.get(tally.form, ""),
            }
        )
    return {
        "ended": {
            "title": title_of(result),
            "rows": rows,
            "advice": list(ending.advice),
            "faults": [f"Not saved: {fault}." for fault in ending.faults],
            "report": report,
        }
    }
