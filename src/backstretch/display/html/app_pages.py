"""The pages of the program in a browser: to choose, the health questions, and to be led."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from backstretch.coaching.programme import Programme, part_of
from backstretch.coaching.speaking import placing_set
from backstretch.display.html.page import html_page
from backstretch.display.pictures.demonstration import has_demonstration
from backstretch.history.health import (
    NOTE,
    QUESTIONS,
    RED_FLAGS,
    RED_FLAGS_INTRO,
    SEE_SOON,
    SEE_SOON_INTRO,
    Advice,
    Answers,
    unsuitable,
)
from backstretch.history.people import Person
from backstretch.history.practice import PractisedSession
from backstretch.history.profile import sessions_of, whose
from backstretch.judging.wording import clock
from backstretch.poses.library import Library, PoseSet
from backstretch.poses.pose import POSITIONS, REGIONS, Pose, capitalised

SHOWN = 4
"""How many stretches of a set its card shows."""
REGION_WORDS = {region: region.replace("_", " ") for region in REGIONS}
POSITION_WORDS = {"quadruped": "on hands and knees", "supine": "on the back", "prone": "face down"}
GENTLE = "gentle"


@dataclass(frozen=True)
class Card:
    """A stretch or a set to be chosen.

    Attributes:
        id, name: Of the stretch or set.
        pictures: Each the address of a drawing.
        facts: What it is for, how it is done and how long, a few words each.
        about: A sentence or two.
        warning: Why it is not advised for the person; empty where nothing speaks against it.
        regions, positions: By which it is found.
        is_gentle: As its tag says.
        clip: The address of a film that goes from rest into the pose and back; empty for none.
    """

    id: str
    name: str
    pictures: tuple[str, ...]
    facts: tuple[str, ...]
    about: str = ""
    warning: str = ""
    regions: str = ""
    positions: str = ""
    is_gentle: bool = False
    clip: str = ""


@dataclass(frozen=True)
class LiveOffer:
    """What a page offers to begin with.

    Attributes:
        eyes: The cameras, in words, by their names in the messages.
        eye: The one that is chosen at first.
        is_going_on: Whether a session that has lost its page goes on without being asked for.
    """

    eyes: Mapping[str, str]
    eye: str
    is_going_on: bool = False


def choose_page(library: Library, answers: Answers, who: str) -> str:
    """The page on which a stretch or set is chosen.

    Args:
        library: With the person's own poses.
        answers: What the person said of their health.
        who: Their profile; empty for `profile.YOU`.
    """
    poses = sorted(library.poses.values(), key=lambda pose: pose.name)
    return html_page(
        "app_choose.html",
        title="What would you like to do?",
        who=who,
        name=whose(who),
        sets=[_of_set(each, library) for each in library.sets.values()],
        stretches=[_of_pose(each, answers) for each in poses],
        regions=REGION_WORDS,
        positions={each: POSITION_WORDS.get(each, each) for each in POSITIONS},
    )


def health_page(answers: Answers | None, who: str) -> str:
    """The page with the health note and its questions."""
    given = {} if answers is None else answers.answers
    return html_page(
        "app_health.html",
        title="Before you stretch",
        who=who,
        name=whose(who),
        note=NOTE,
        warnings=((RED_FLAGS_INTRO, RED_FLAGS), (SEE_SOON_INTRO, SEE_SOON)),
        questions=[(key, words, given.get(key, "skipped")) for key, words in QUESTIONS.items()],
    )


def live_page(library: Library, name: str, who: str, today: Advice, session: LiveOffer) -> str:
    """The page on which somebody is led through a stretch or set.

    Args:
        library: With the person's own poses.
        name: The id of the stretch or set.
        who: The person's profile; empty for `profile.YOU`.
        today: What their earlier sessions mean for today.
        session: Which cameras there are, and whether a session goes on.
    """
    if name in library.poses:
        pose = library.poses[name]
        first, title, camera = pose, pose.name, pose.camera
    else:
        chosen = library.sets[name]
        parts = tuple(part_of(library.poses[each.pose]) for each in chosen.stretches)
        first, title = parts[0].pose, chosen.name
        camera = " ".join(placing_set(Programme(title, parts)))
    return html_page(
        "app_live.html",
        title=title,
        who=who,
        id=name,
        film=film_address(first),
        camera=camera,
        has_sides=name in library.poses and first.sides == "each",
        advice=today.lines,
        asks_soreness=today.asks_soreness,
        is_going_on=session.is_going_on,
        eyes=session.eyes,
        eye=session.eye,
        takes=None,
    )


def history_page(
    sittings: Sequence[PractisedSession],
    holds: Mapping[int, tuple[int, int]],
    count: int,
    people: Sequence[Person],
    who: str,
) -> str:
    """The page with one person's sessions, newest first.

    Args:
        sittings: The sessions.
        holds: How many holds were complete, and how many there were, by the session's number.
        count: How many sessions there are in all.
        people: Everybody of whom there are sessions.
        who: Whose they are; empty for `profile.YOU`.
    """
    return html_page(
        "app_history.html",
        title="Looking back",
        who=who,
        name=whose(who),
        caption=capitalised(sessions_of(who)),
        sessions=[(each, holds.get(each.id, (0, 0))) for each in sittings],
        older=count - len(sittings),
        people=[each.profile for each in people],
        held=clock,
    )


def phone_setup_page(*, is_open: bool) -> str:
    """The computer's page on which a phone is let in as the camera.

    Args:
        is_open: Whether the program was started so that a phone may come.
    """
    return html_page("app_phone_setup.html", title="Phone as camera", who="", is_open=is_open)


def phone_page() -> str:
    """The phone's page: its camera, and what is shown of the session."""
    return html_page("app_phone.html", title="Camera", who="")


def recordings_page(library: Library, who: str, most_bytes: int) -> str:
    """The page on which recordings are dropped.

    Args:
        library: With the person's own poses.
        who: Whose they are; empty for `profile.YOU`.
        most_bytes: How long a file may be.
    """
    return html_page(
        "app_recordings.html",
        title="Recordings",
        who=who,
        stretches=sorted(library.poses.values(), key=lambda pose: pose.name),
        most_bytes=most_bytes,
        most_words=f"{most_bytes / 1e9:g} GB",
    )


def picture_address(pose: Pose) -> str:
    """Where the drawing of a stretch is."""
    return f"/poses/{pose.id}/{'both' if pose.sides == 'both' else 'left'}.png"


def film_address(pose: Pose) -> str:
    """The address of a pose's demonstration; empty where there is none."""
    return f"/poses/{pose.id}.mp4" if has_demonstration(pose) else ""


def _of_set(chosen: PoseSet, library: Library) -> Card:
    poses = [library.poses[each.pose] for each in chosen.stretches]
    count = len(poses)
    minutes = max(1, round(chosen.seconds / 60.0))
    return Card(
        id=chosen.id,
        name=chosen.name,
        pictures=tuple(picture_address(pose) for pose in poses if pose.figure)[:SHOWN],
        facts=(f"{count} stretches", f"about {minutes} min"),
        about=chosen.about,
    )


def _of_pose(pose: Pose, answers: Answers) -> Card:
    why = unsuitable(pose, answers)
    return Card(
        id=pose.id,
        name=pose.name,
        pictures=(picture_address(pose),) if pose.figure else (),
        facts=tuple(_facts(pose)),
        warning=f"Not advised with {' or '.join(why)}." if why else "",
        regions=" ".join(pose.regions),
        positions=" ".join(pose.positions),
        is_gentle=GENTLE in pose.tags,
        clip=film_address(pose),
    )


def _facts(pose: Pose) -> Iterator[str]:
    """What a stretch is for, how the body is placed, and the dose."""
    yield ", ".join(region.replace("_", " ") for region in pose.regions)
    yield ", ".join(POSITION_WORDS.get(each, each) for each in pose.positions)
    a_side = " a side" if pose.sides == "each" else ""
    yield f"{pose.dose.default_s:g} s, {pose.dose.default_repetitions} times{a_side}"
