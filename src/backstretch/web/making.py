"""What a page asks to be made of guided takes: ranges of one's own, a new stretch, or one's own neutral."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from starlette.datastructures import QueryParams

from backstretch.calibration.guided import Making
from backstretch.calibration.references import newly_alike
from backstretch.display.terminal.pose_pages import (
    SYMBOLS,
    change_words,
    differences,
    range_words,
    reach_words,
    shown_on,
    shown_sides,
)
from backstretch.errors import BackstretchError, InputError
from backstretch.files import save_text
from backstretch.history.health import ASK_FIRST, PAIN_ADVICE, load_answers, unsuitable
from backstretch.history.profile import (
    answers_path,
    check_profile,
    neutral_path,
    neutral_text,
    own_poses,
    saved_neutral,
)
from backstretch.judging.session import Session
from backstretch.kinematics.neutral import OwnNeutral
from backstretch.live.led_session import LedSession
from backstretch.live.run import run_guided
from backstretch.poses.library import Library
from backstretch.poses.pose import REGIONS, Pose, capitalised, measure_words
from backstretch.poses.pose_writer import pose_text
from backstretch.web.order import SIDES, check_eye, library_of, machine_of
from backstretch.web.visit import Eye, Visit

OWN, NEW, NEUTRAL = "own", "new", "neutral"
SAVED = "Saved. It is used from now on."
LONGEST_NAME = 60
UNNAMED = "my_stretch"
"""The id of a new stretch whose name has no letters that an id may have."""


@dataclass(frozen=True)
class MakingAsked:
    """What a page asks to be made.

    Attributes:
        makes: `OWN`, `NEW` or `NEUTRAL`.
        name: The id of the stretch to fit, or the name of a new one; empty for the neutral.
        region: The part of the body that a new stretch is for, of `pose.REGIONS`; empty otherwise.
        sides: As those of `guided.Making`.
        who: The person's profile; empty for `profile.YOU`.
        anyway: Whether the person goes on although they were asked back.
        eye: Whose camera gives the pictures.
    """

    makes: str
    name: str
    region: str
    sides: tuple[str, ...]
    who: str
    anyway: bool
    eye: Eye

    @classmethod
    def of(cls, value: Any) -> Self:
        """Read it from what a page says.

        Raises:
            InputError: It cannot be read.
        """
        try:
            asked = cls(
                str(value["makes"]),
                " ".join(str(value.get("name", "")).split()),
                str(value.get("region", "")),
                SIDES[value.get("side", "both")],
                check_profile(str(value.get("who", ""))),
                value.get("anyway") is True,
                Eye(value.get("camera", Eye.PAGE)),
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise InputError("the page asked for something that cannot be read") from error
        if asked.makes not in {OWN, NEW, NEUTRAL}:
            raise InputError("the page asked for something that cannot be made")
        if asked.makes == NEW and not (
            asked.name.isprintable() and 0 < len(asked.name) <= LONGEST_NAME
        ):
            raise InputError(f"give the stretch a name of at most {LONGEST_NAME} letters")
        if asked.makes == NEW and asked.region not in REGIONS:
            raise InputError("say which part of the body the stretch is for")
        return asked


def begin_making(asked: MakingAsked, visit: Visit) -> Callable[[], None] | str:
    """The order for the desk; or a question, where something of the person's would be replaced.

    Raises:
        InputError: There is no such stretch or camera.
    """
    check_eye(asked.eye, visit)
    library = library_of(asked.who)
    work = _Work.of(asked, library)
    if not asked.anyway and (question := work.question()):
        return question
    return lambda: work.carry_out(visit)


@dataclass(frozen=True)
class _Work:
    asked: MakingAsked
    library: Library
    pose: Pose | None
    new_id: str

    @classmethod
    def of(cls, asked: MakingAsked, library: Library) -> Self:
        """What is asked for, looked up."""
        pose, new_id = None, ""
        if asked.makes == OWN:
            pose = library.poses.get(asked.name)
            if pose is None:
                raise InputError("there is no such stretch")
            pose = library.refined.get(pose.id, pose)
            if pose.id in library.own_ids and not library.refined.get(pose.id):
                raise InputError("that is a stretch of your own; make it anew by its name")
        elif asked.makes == NEW:
            new_id = id_of(asked.name, library)
        return cls(asked, library, pose, new_id)

    def question(self) -> str:
        """What the person is asked before; empty for nothing."""
        words = []
        if self.pose is not None:
            why = unsuitable(self.pose, load_answers(answers_path(self.asked.who)))
            if why:
                words.append(
                    f"{self.pose.name} is not advised with {' or '.join(why)}. {ASK_FIRST}"
                )
        if self._path.exists():
            what = {
                OWN: "ranges of your own for it",
                NEW: "a stretch of this name",
                NEUTRAL: "a neutral",
            }
            words.append(f"You have {what[self.asked.makes]} already; that would be replaced.")
        return " ".join(words)

    def carry_out(self, visit: Visit) -> None:
        """Lead through the takes, on the main thread.

        Raises:
            KeyboardInterrupt: Ctrl-C was pressed; nothing is saved then.
        """
        asked = self.asked
        visit.begin(name_of(asked.makes, asked.name), asked.eye)
        id_and_name = (self.new_id, asked.name) if self.new_id else None
        making = Making(_today(), self.pose, id_and_name, asked.sides)
        own_neutral = None if asked.makes == NEUTRAL else saved_neutral(asked.who)
        session = Session((self.pose,) if self.pose else (), own_neutral=own_neutral)
        led = LedSession(making.guide(self.library, PAIN_ADVICE), session)
        try:
            made = run_guided(
                machine_of(visit), led, lambda line: visit.tell({"remark": line}), self._save
            )
        except BackstretchError as error:
            words = capitalised(f"{error}.")
            visit.finish(_ended("Nothing was saved", [words], ""))
            return
        query = QueryParams({"stretch": self.new_id, **({"who": asked.who} if asked.who else {})})
        edit = f"/words?{query}" if self.new_id else ""
        visit.finish(_ended(SAVED, list(self._told(made)), edit))

    @property
    def _path(self) -> Any:
        if self.asked.makes == NEUTRAL:
            return neutral_path(self.asked.who)
        made_id = self.pose.id if self.pose else self.new_id
        return own_poses(self.asked.who) / f"{made_id}.toml"

    def _save(self, made: Pose | OwnNeutral) -> str:
        if isinstance(made, OwnNeutral):
            text = neutral_text(made)
        else:
            text = pose_text(replace(made, regions=(self.asked.region,)) if self.new_id else made)
        save_text(text, self._path, force=True)
        return SAVED

    def _told(self, made: Pose | OwnNeutral) -> Iterator[str]:
        """What was made, a sentence each."""
        if isinstance(made, OwnNeutral):
            yield f"Your head and shoulders at rest were seen {made.view.words}."
            yield "Turns and tilts are measured from there while the camera stays in about the same place."
            return
        for side, title in shown_sides(made):
            for at, each in enumerate(made.checks):
                own = shown_on(each, side)
                where = f"{title} side: " if side else ""
                before = None if self.pose is None else self.pose.checks[at]
                counts = (
                    f"counts at {range_words(own.accept, SYMBOLS[own.measure.unit])}"
                    if before is None
                    else change_words(before, own)
                )
                yield f"{where}{capitalised(measure_words(own))}: you {reach_words(own)}; {counts}."
        yield from differences(made)
        if self.pose is not None:
            yield from newly_alike(self.pose, made, self.library)


def name_of(makes: str, name: str) -> str:
    """What `Visit.name` is while this is being made; no stretch or set has such an id."""
    return f"{makes}:{name}"


def id_of(name: str, library: Library) -> str:
    """The id of a new stretch of this name, which no stretch of the program itself has."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    made = "_".join(re.findall(r"[a-z0-9]+", plain)).lstrip("0123456789_") or UNNAMED
    number, free = 2, made
    while free in library.poses and (free not in library.own_ids or free in library.refined):
        free, number = f"{made}_{number}", number + 1
    return free


def _ended(title: str, lines: list[str], edit: str) -> dict[str, Any]:
    more = [[edit, "Change its words"]] if edit else []
    return {"ended": {"title": title, "rows": [], "advice": lines, "report": "", "more": more}}


def _today() -> str:
    return datetime.now().astimezone().date().isoformat()
