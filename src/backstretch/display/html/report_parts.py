"""What the page and the PDF of a report share: what they are made from, and what they say in words."""

from datetime import datetime
from pathlib import Path

from backstretch.display.html.report_panels import columns_of
from backstretch.errors import InputError
from backstretch.files import write_whole
from backstretch.formats.result_documents import ResultDocument, Steps, read_result, read_steps
from backstretch.formats.result_files import STEPS
from backstretch.formats.session_log import read_session
from backstretch.history.health import RECORD
from backstretch.judging.angles import ANGLE_COLUMNS
from backstretch.judging.lengths import SURE_TO_CM
from backstretch.judging.result import WORTH_SAYING_S
from backstretch.judging.wording import clock

OF_FILMS = (
    (
        "Seconds are the recording's own time. In test videos whose true times are known, the held "
        "seconds are within 0.3 s + 2 %; the exceptions are in the README."
    ),
    "Seconds in which you moved do not count as held.",
)
MEASURED = (
    (
        "A pose model found 33 points of the body in the pictures of one camera. From a suitable place, "
        "angles in the picture are 2 to 6 degrees off, angles in space more; a change of less than 10 "
        "degrees from one hold to another means nothing."
    ),
    *OF_FILMS,
    "What the camera could not see is called not seen, never wrong.",
    "This is general guidance, not a medical device. Mild tension is enough; pain means stop.",
)
MOST_NAMES = 3
"""A title names at most this many stretches."""


def read_report(path: Path, person: str) -> tuple[ResultDocument, Steps, str]:
    """What a report is made from, and whose it is: the ``person``, or whom the result or a session's log names.

    Raises:
        InputError: The result cannot be used.
    """
    document = read_result(path)
    steps = read_steps(path.with_name(STEPS), columns_of(document) or ANGLE_COLUMNS)
    whose = person or document.person or _person_of_session(path.with_name(RECORD))
    return document, steps, " ".join(whose.split())


def _person_of_session(log: Path) -> str:
    """Whom the log of a live session names; empty for nobody, or where there is none."""
    try:
        return str(read_session(log).about.get("profile") or "")
    except InputError:
        return ""


def write_page(target: Path, content: bytes) -> Path:
    """Write a report whole or not at all; return where it is.

    Raises:
        InputError: It cannot be written.
    """
    try:
        write_whole(target, content)
    except OSError as error:
        raise InputError(f"{target}: cannot be written ({error.strerror or error})") from error
    return target


def recording_of(document: ResultDocument) -> str:
    """The recording's name and length; of a photograph its name."""
    name = Path(document.source.path).name
    is_photograph = document.source.frames == 1
    return name if is_photograph else f"{name}, {clock(document.source.duration_s)} long"


def date_of(document: ResultDocument) -> str:
    """The day of the recording; empty where it is not known."""
    try:
        day = datetime.fromisoformat(document.recorded_at)
    except ValueError:
        return ""
    return f"{day.day} {day:%B %Y}"


def title_of(document: ResultDocument) -> str:
    """What was asked for, or the stretches that were recognised."""
    if document.title:
        return document.title
    names = list(dict.fromkeys(each.name for each in document.stretches))
    if len(names) > MOST_NAMES:
        rest = len(names) - MOST_NAMES + 1
        return f"{', '.join(names[: MOST_NAMES - 1])} and {rest} more"
    untitled = "What the photograph shows" if document.source.frames == 1 else "What was stretched"
    return ", ".join(names) or untitled


def sentence_of(document: ResultDocument) -> str:
    """The outcome in a sentence: how often it was held, how much of the dose is done, what was lost."""
    asked = sum(each.asked for each in document.asked)
    done = sum(min(each.done, each.asked) for each in document.asked)
    parts = [_times(len(document.holds))]
    if not document.obstacle.could_be_told:
        parts = ["Whether it was held could not be told"]
    parts += [f"{done:g} of {asked:g} holds done"] if asked else []
    lost = _lost(document)
    if lost:
        parts.append(lost)
    elif document.holds and done == asked:
        parts.append("nothing was lost")
    return f"{'; '.join(parts)}."


def _times(count: int) -> str:
    if not count:
        return "Nothing was held long enough to count"
    return "Held once" if count == 1 else f"Held {count} times"


def _lost(document: ResultDocument) -> str:
    totals = document.totals
    lost = {"were not right": totals.wrong_s, "could not be seen": totals.unseen_s}
    return " and ".join(
        f"{seconds:.1f} s {words}" for words, seconds in lost.items() if seconds >= WORTH_SAYING_S
    )


def holds_words(document: ResultDocument) -> str:
    """What the table of holds says, and what the score is."""
    asked = "was asked" if document.asked else "the stretch usually asks for"
    return (
        f"Each hold, in order. Complete: as long as {asked}. "
        "Score: how close what is checked was to its good ranges while it was held, from 0 (at the limit of "
        "what counts) to 100 (within them all the time), in steps of 5."
    )


def angles_words(document: ResultDocument) -> str:
    """What the tables of angles say, and how sure they are."""
    words = (
        "The median over the time that counts, the best that the hold reached, and the left and right of "
        "the body where both are checked. Two holds differ by less than the detectable change through "
        "measuring alone."
    )
    if document.height_cm is None:
        return words
    return (
        f"{words} Centimetres are estimates by a height of {document.height_cm:g} cm: up to about "
        f"{SURE_TO_CM} cm off, and more where legs or hands are unusually long or short."
    )


def measured_words(document: ResultDocument) -> list[str]:
    """How this was measured, and how sure it is, in paragraphs."""
    seen = [f"The camera saw you {document.view.words}."] if document.view else []
    is_photograph = document.source.frames == 1
    return [*seen, *(words for words in MEASURED if not (is_photograph and words in OF_FILMS))]
