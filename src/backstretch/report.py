"""The report: one page without network, made from result.json and steps.csv alone."""

import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

from backstretch.errors import InputError
from backstretch.html_page import html_page
from backstretch.landmarks import INDEX, SIDES
from backstretch.output_names import ANNOTATED, REPORT, RESULT, STEPS, VIDEO
from backstretch.report_panels import columns_of
from backstretch.report_reading import Steps, read_result, read_steps
from backstretch.report_timeline import Timeline
from backstretch.result import WORTH_SAYING_S
from backstretch.summary import clock
from backstretch.whole_file import write_whole

VIDEOS = (ANNOTATED, VIDEO)
MOST_NAMES = 3
"""A title names at most so many stretches."""
FEW_HOLDS = 12
"""So many are not torn apart on paper."""
NOTHING = "-"
NUMBERS = ("From", "To", "Held", "Not right", "Not seen", "Score")
COLUMNS = ("From", "To", "Held", "Complete", "Not right", "Not seen", "Score", "What cost most")
"""What is told of a hold; those that are numbers stand right."""
LIMBS = (
    ("shoulder", "elbow", "wrist"),
    ("shoulder", "hip", "knee", "ankle", "foot_index"),
)
CHAINS = (
    ("left_shoulder", "right_shoulder"),
    ("left_hip", "right_hip"),
    *(tuple(f"{side}_{part}" for part in limb) for side in SIDES for limb in LIMBS),
)
"""Lines of a stick figure."""
HOW = """\
A pose model found 33 points of the body in the pictures of one camera. Angles in the picture are 2 to 6 degrees
off from a sensible view, angles in space more; a change of less than 10 degrees from one hold to another
means nothing.

Seconds are the recording's own time. On clips with known truth the held seconds are within 0.3 s + 2 %; the
exceptions are in the README.

What the camera could not see is called not seen, never wrong. Seconds in which you moved do not count as held.

This is general guidance, not a medical device. Mild tension is enough; pain means stop."""


def write_report(result: Path, target: Path | None = None) -> Path:
    """Make the page of a result, whole or not at all; the same files give the same page.

    Args:
        result: A result.json, or its folder; steps.csv and the video are looked for beside it.
        target: The page; report.html beside it where left out.

    Returns:
        Where the page is.

    Raises:
        InputError: The result cannot be used, or the page cannot be written.
    """
    path = result / RESULT if result.is_dir() else result
    target = target or path.with_name(REPORT)
    document = read_result(path)
    steps = read_steps(path.with_name(STEPS), columns_of(document))
    page = _page(document, steps, _video(path, target))
    try:
        write_whole(target, page.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise InputError(f"{target}: cannot be written ({error.strerror or error})") from error
    return target


def _video(path: Path, target: Path) -> str:
    """The video beside the result, as the page names it; empty for none."""
    for name in VIDEOS:
        if path.with_name(name).is_file():
            return Path(os.path.relpath(path.with_name(name), target.parent)).as_posix()
    return ""


def _page(document: Mapping[str, Any], steps: Steps, video: str) -> str:
    timeline = Timeline(document, steps, video)
    asked_s = sum(each["asked"] * each["asked_s"] for each in _asked(document))
    parts = [
        timeline.html(),
        _holds(document),
        _figures(document),
        _dose(document),
        _notes(document),
        _measured(document),
    ]
    return html_page(
        "report_template.html",
        title=escape(_title(document)),
        when=escape(_when(document)),
        held=f"{document['totals']['valid_s']:.1f} s held",
        target=f"of {asked_s:g} s" if asked_s > 0 else "",
        sentence=escape(_sentence(document)),
        parts="\n".join(part for part in parts if part),
        data=timeline.data(),
    )


def _when(document: Mapping[str, Any]) -> str:
    """When it was recorded; the recording's name where that is not known."""
    text = document.get("recorded_at") or ""
    try:
        return f"{datetime.fromisoformat(text):%Y-%m-%d, %H:%M}"
    except ValueError:
        return text or Path(document["source"]["path"]).name


def _asked(document: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The stretches that were asked for; none where they were recognised."""
    is_asked = document.get("pose") or document.get("title")
    return (document.get("stretches") or []) if is_asked else []


def _title(document: Mapping[str, Any]) -> str:
    if document.get("title"):
        return str(document["title"])
    names = list(dict.fromkeys(each["name"] for each in document.get("stretches") or []))
    if len(names) > MOST_NAMES:
        rest = len(names) - MOST_NAMES + 1
        return f"{', '.join(names[: MOST_NAMES - 1])} and {rest} more"
    return ", ".join(names) or "What was stretched"


def _sentence(document: Mapping[str, Any]) -> str:
    """What came of it: how often it was held, how much of the dose is done, what was lost."""
    asked = sum(each["asked"] for each in _asked(document))
    done = sum(min(each["done"], each["asked"]) for each in _asked(document))
    said = [_times(len(document["holds"]))]
    said += [f"{done:g} of {asked:g} holds done"] if asked else []
    lost = _lost(document)
    if lost:
        said.append(lost)
    elif document["holds"] and done == asked:
        said.append("nothing was lost")
    return f"{'; '.join(said)}."


def _times(count: int) -> str:
    if not count:
        return "Nothing was held long enough to count"
    return "Held once" if count == 1 else f"Held {count} times"


def _lost(document: Mapping[str, Any]) -> str:
    words = {"wrong_s": "were not right", "unseen_s": "could not be seen"}
    lost = {name: document["totals"][name] for name in words}
    return " and ".join(
        f"{seconds:.1f} s {words[name]}"
        for name, seconds in lost.items()
        if seconds >= WORTH_SAYING_S
    )


def _holds(document: Mapping[str, Any]) -> str:
    """Each hold in a row; on a narrow screen, in a card whose lines the cells' labels name."""
    if not document["holds"]:
        return ""
    names = {each["pose"]: each["name"] for each in document.get("stretches") or []}
    aim = "as long as was asked" if _asked(document) else "as long as the stretch usually asks for"
    few = ' class="few"' if len(document["holds"]) <= FEW_HOLDS else ""
    heads = "".join(
        f'<th scope="col"{_class(name)}>{escape(name)}</th>' for name in ("Hold", *COLUMNS)
    )
    body = "".join(
        _hold(number, hold, names.get(hold["pose"], hold["pose"]))
        for number, hold in enumerate(document["holds"], start=1)
    )
    return (
        f'<section{few}><h2>Holds</h2><table class="stack">'
        f"<caption>Each hold, in order. Complete: {aim}.</caption>"
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></section>"
    )


def _hold(number: int, hold: Mapping[str, Any], name: str) -> str:
    side = f", {hold['side']}" if hold.get("side") else ""
    lost = [
        f"{hold[each]:.1f} s" if hold[each] >= WORTH_SAYING_S else NOTHING
        for each in ("wrong_s", "unseen_s")
    ]
    score = hold.get("score")
    cells = [
        clock(hold["start_s"]),
        clock(hold["end_s"]),
        f"{hold['valid_s']:.1f} s",
        "complete" if hold.get("complete") else "not complete",
        *lost,
        NOTHING if score is None else f"{score:g}",
        next(iter(hold.get("reasons") or []), NOTHING),
    ]
    told = "".join(map(_cell, COLUMNS, cells))
    return f'<tr><th scope="row"><b>{number}</b> {escape(name + side)}</th>{told}</tr>'


def _cell(column: str, words: str) -> str:
    empty = " empty" if words == NOTHING else ""
    return f'<td data-label="{column}"{_class(column, empty)}>{escape(words)}</td>'


def _class(column: str, more: str = "") -> str:
    names = ("n" if column in NUMBERS else "") + more
    return f' class="{names.strip()}"' if names else ""


def _figures(document: Mapping[str, Any]) -> str:
    shots = document.get("snapshots") or {}
    words = {"best": "The best moment", "worst": "The moment furthest from it"}
    drawn = "".join(
        _figure(shots[name], said, lost=shots[name]["state"] != "in")
        for name, said in words.items()
        if shots.get(name)
    )
    return (
        f'<section><h2>Best and worst</h2><div class="figures">{drawn}</div></section>'
        if drawn
        else ""
    )


def _figure(shot: Mapping[str, Any], words: str, *, lost: bool) -> str:
    """A stick figure of a moment's landmarks."""
    points = shot["xy_px"]
    xs, ys = zip(*(point for point in points if point), strict=True)
    size = max(max(xs) - min(xs), max(ys) - min(ys), 1.0)
    rim = 0.12 * size
    corner = min(xs) - rim, min(ys) - rim, max(xs) - min(xs) + 2 * rim, max(ys) - min(ys) + 2 * rim
    box = " ".join(f"{each:.1f}" for each in corner)
    colour, width = ("#D55E00" if lost else "#0072B2"), 0.018 * size
    strokes = "".join(_stroke([points[INDEX[name]] for name in chain]) for chain in CHAINS)
    ears = [points[INDEX[f"{side}_ear"]] for side in SIDES]
    heads = [ear for ear in ears if ear]
    head = "".join(_dot(heads, 0.06 * size, colour) for _ in heads[:1])
    why = f": {shot['reason']}" if shot.get("reason") else ""
    said = escape(f"{words}, at {clock(shot['time_s'])}{why}")
    return (
        f'<figure><svg viewBox="{box}" role="img" aria-label="{said}" fill="none" stroke="{colour}"'
        f' stroke-width="{width:.1f}" stroke-linecap="round" stroke-linejoin="round">{strokes}'
        f"{head}</svg><figcaption>{said}</figcaption></figure>"
    )


def _dot(points: Sequence[tuple[float, float]], radius: float, colour: str) -> str:
    """A head in the middle of the points."""
    x, y = (sum(point[axis] for point in points) / len(points) for axis in (0, 1))
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{colour}"/>'


def _stroke(points: Sequence[tuple[float, float] | None]) -> str:
    """A line through the points that are known."""
    known = [point for point in points if point]
    return f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in known)}"/>'


def _dose(document: Mapping[str, Any]) -> str:
    """What was held of each stretch and side, against what was asked, or what it usually asks for."""
    rows = []
    for each in document.get("stretches") or []:
        side = f", {each['side']}" if each.get("side") else ""
        share = min(1.0, max(0.0, each["held_s"]) / max(each["asked"] * each["asked_s"], 0.1))
        done = f"{each['done']:g} of {each['asked']:g} holds of {each['asked_s']:g} s"
        told = f"{each['held_s']:.1f} s; {done}"
        rows.append(
            f"<span>{escape(each['name'] + side)}</span>"
            f'<span class="bar" aria-hidden="true"><b style="width:{100 * share:.0f}%"></b></span>'
            f"<span>{escape(told)}</span>"
        )
    usual = (
        ""
        if _asked(document)
        else '<p class="hint">Against what each stretch usually asks for.</p>'
    )
    told = f'{usual}<div class="dose">{"".join(rows)}</div>'
    return f"<section><h2>Dose</h2>{told}</section>" if rows else ""


def _notes(document: Mapping[str, Any]) -> str:
    notes = "".join(f"<li>{escape(each)}</li>" for each in document.get("warnings") or [])
    return f"<section><h2>Please note</h2><ul>{notes}</ul></section>" if notes else ""


def _measured(document: Mapping[str, Any]) -> str:
    view = document.get("view")
    seen = [f"The camera saw you {view['words']}."] if view else []
    told = "".join(f"<p>{escape(each)}</p>" for each in (*seen, *HOW.split("\n\n")))
    return (
        f'<section class="quiet"><h2>How this was measured, and how sure it is</h2>{told}</section>'
    )
