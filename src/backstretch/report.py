"""The report: one page without network, made from result.json and steps.csv alone."""

import csv
import json
import math
import os
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from importlib import resources
from itertools import groupby
from pathlib import Path
from string import Template
from typing import Any

from backstretch.errors import InputError
from backstretch.landmarks import INDEX, NAMES, SIDES
from backstretch.report_charts import LEFT, NARROW_LEFT, RIGHT, Panel, timeline_svg
from backstretch.result import SCHEMA, WORTH_SAYING_S
from backstretch.summary import clock
from backstretch.whole_file import write_whole

RESULT, STEPS, PAGE = "result.json", "steps.csv", "report.html"
VIDEOS = ("annotated.mp4", "video.mp4")
MOST_PANELS = 6
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
Row = Mapping[str, str]


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
    target = target or path.with_name(PAGE)
    document = _document(path)
    try:
        page = _page(document, _rows(path.with_name(STEPS)), _video(path, target))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as error:
        words = f"{path}: is no result of backstretch, or was changed ({error!r})"
        raise InputError(words) from error
    try:
        write_whole(target, page.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise InputError(f"{target}: cannot be written ({error.strerror or error})") from error
    return target


def _document(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_bytes(), parse_constant=_refuse)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: is no result of backstretch, or a damaged one") from error
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise InputError(f"{path}: is no result of backstretch (schema {SCHEMA})")
    return document


def _refuse(constant: str) -> float:
    """NaN and Infinity are no JSON, and would stop the script of the page."""
    raise ValueError(constant)


def _rows(path: Path) -> list[Row]:
    """The moments; none where the file is missing."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path}: cannot be read ({error})") from error


def _video(path: Path, target: Path) -> str:
    """The video beside the result, as the page names it; empty for none."""
    for name in VIDEOS:
        if path.with_name(name).is_file():
            return Path(os.path.relpath(path.with_name(name), target.parent)).as_posix()
    return ""


def _page(document: Mapping[str, Any], rows: Sequence[Row], video: str) -> str:
    spans = sorted(_spans(document), key=lambda span: float(span["start_s"]))
    ends = _ends(document, rows)
    asked_s = sum(each["asked"] * each["asked_s"] for each in document.get("stretches", []))
    valid_s = float(document["totals"]["valid_s"])
    is_asked = bool(document.get("pose")) and asked_s > 0
    parts = [
        _player(document, rows, (spans, ends, video)),
        _holds(document),
        _figures(document),
        _dose(document),
        _notes(document),
        _measured(document),
    ]
    charts = {"ends": ends, "left": LEFT, "narrow": NARROW_LEFT, "right": RIGHT, "spans": spans}
    template = resources.files("backstretch").joinpath("report_template.html").read_text("utf-8")
    return Template(template).substitute(
        title=escape(_title(document)),
        when=escape(str(document.get("recorded_at") or Path(document["source"]["path"]).name)),
        held=f"{valid_s:.1f} s held",
        target=f"of {asked_s:g} s" if is_asked else "",
        sentence=escape(_sentence(document)),
        parts="\n".join(part for part in parts if part),
        data=json.dumps(charts).replace("<", "\\u003c"),
    )


def _title(document: Mapping[str, Any]) -> str:
    names = dict.fromkeys(each["name"] for each in document.get("stretches", []))
    return str(document.get("title") or ", ".join(names) or "What was stretched")


def _sentence(document: Mapping[str, Any]) -> str:
    count = len(document["holds"])
    if not count:
        return "Nothing was held long enough to count."
    lost = {name: float(document["totals"][f"{name}_s"]) for name in ("wrong", "unseen")}
    said = [
        f"{seconds:.1f} s {'were not right' if name == 'wrong' else 'could not be seen'}"
        for name, seconds in lost.items()
        if seconds >= WORTH_SAYING_S
    ]
    holds = "One hold" if count == 1 else f"{count} holds"
    return f"{holds}; {' and '.join(said) if said else 'nothing was lost'}."


def _spans(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Valid, wrong and unseen time; holds of an older result are taken as valid from end to end."""
    for hold in document["holds"]:
        whole = {name: hold[name] for name in ("start_s", "end_s")} | {
            "kind": "valid",
            "reason": "",
        }
        yield from hold.get("spans") or [whole]
    yield from document.get("attempts", [])


def _ends(document: Mapping[str, Any], rows: Sequence[Row]) -> tuple[float, float]:
    if len(rows) > 1:
        return float(rows[0]["time_s"]), float(rows[-1]["time_s"])
    return 0.0, max(0.1, float(document["source"]["duration_s"]))


def _player(
    document: Mapping[str, Any],
    rows: Sequence[Row],
    shown: tuple[list[dict[str, Any]], tuple[float, float], str],
) -> str:
    """Video and timeline; nothing for a photograph."""
    spans, ends, video = shown
    if document["source"]["frames"] == 1 or ends[1] <= ends[0]:
        return ""
    panels = list(_panels(document, rows, ends))[:MOST_PANELS]
    wide, narrow = (timeline_svg(spans, panels, ends, narrow=narrow) for narrow in (False, True))
    player = (
        f'<video src="{escape(video)}" controls muted playsinline preload="auto"></video>'
        if video
        else ""
    )
    words = "Move through the recording: arrow keys, or a click"
    legend = "".join(
        f'<li class="{name}"><i></i>{said}</li>'
        for name, said in (("valid", "held"), ("wrong", "not right"), ("unseen", "not seen"),
                           ("range", "range that counts; darker: good"))
    )  # fmt: skip
    return (
        f'<section><h2>What happened</h2>{player}<ul class="legend">{legend}</ul>'
        f'<div class="timeline" tabindex="0" role="slider" aria-label="{words}" aria-valuemin="{ends[0]:.1f}"'
        f' aria-valuemax="{ends[1]:.1f}" aria-valuenow="{ends[0]:.1f}"><div class="wide">{wide}</div>'
        f'<div class="narrow">{narrow}</div><div class="head"></div></div>'
        f'<p class="readout" aria-live="polite"></p></section>'
    )


def _panels(
    document: Mapping[str, Any], rows: Sequence[Row], ends: tuple[float, float]
) -> Iterator[Panel]:
    """The required measures of each pose that was held or asked for, its sides in one panel."""
    stretches = document.get("stretches", [])
    for pose, sides in groupby(stretches, key=lambda each: each["pose"]):
        forms = list(sides)
        held = [(h["start_s"], h["end_s"]) for h in document["holds"] if h["pose"] == pose]
        for at, check in enumerate(forms[0]["checks"]):
            names = dict.fromkeys(name for form in forms for name in form["checks"][at]["columns"])
            lines = {_line_name(name): _points(rows, name) for name in names}
            seen = {name: points for name, points in lines.items() if points}
            if check["required"] and seen:
                title = (
                    f"{forms[0]['name']}: {check['words']}"
                    if not document.get("pose")
                    else check["words"]
                )
                ranges = tuple(check["accept"]), tuple(check["good"])
                yield Panel(title, check["unit"], *ranges, seen, held or [ends])


def _line_name(column: str) -> str:
    return next((side for side in SIDES if side in column.split(".")), "")


def _points(rows: Sequence[Row], column: str) -> list[tuple[float, float]]:
    """What a column reads; NaN where it could not be seen, nothing where it never was."""
    values = [(float(row["time_s"]), float(row.get(column) or "nan")) for row in rows]
    return values if any(not math.isnan(value) for _, value in values) else []


def _holds(document: Mapping[str, Any]) -> str:
    if not document["holds"]:
        return ""
    names = {each["pose"]: each["name"] for each in document.get("stretches", [])}
    numbers = ("From", "Held", "Not right", "Not seen", "Score")
    middle = "".join(f'<th scope="col" class="n">{name}</th>' for name in numbers)
    heads = f'<th scope="col">Hold</th>{middle}<th scope="col">What cost most</th>'
    body = "".join(_hold(hold, names.get(hold["pose"], hold["pose"])) for hold in document["holds"])
    caption = "Each hold, in order. A tick: as long as was asked."
    return (
        f'<section><h2>Holds</h2><div class="wide-table" tabindex="0" role="region" aria-label="Holds"><table>'
        f"<caption>{caption}</caption><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div></section>"
    )


def _hold(hold: Mapping[str, Any], name: str) -> str:
    side = f", {hold['side']}" if hold.get("side") else ""
    mark = " ✓" if hold.get("complete") else ""
    lost = [
        f"{hold[each]:.1f} s" if hold[each] >= WORTH_SAYING_S else "-"
        for each in ("wrong_s", "unseen_s")
    ]
    cells = [
        clock(float(hold["start_s"])),
        f"{hold['valid_s']:.1f} s",
        *lost,
        str(hold.get("score", "-")),
    ]
    numbers = "".join(f'<td class="n">{escape(cell)}</td>' for cell in cells)
    why = escape((hold.get("reasons") or [""])[0])
    return f'<tr><th scope="row">{escape(f"{name}{side}{mark}")}</th>{numbers}<td>{why}</td></tr>'


def _figures(document: Mapping[str, Any]) -> str:
    shots = document.get("snapshots") or {}
    words = {"best": "The best moment", "worst": "The moment furthest from it"}
    drawn = "".join(
        _figure(shots[name], said, lost=shots[name]["state"] != "in")
        for name, said in words.items()
        if name in shots
    )
    return (
        f'<section><h2>Best and worst</h2><div class="figures">{drawn}</div></section>'
        if drawn
        else ""
    )


def _figure(shot: Mapping[str, Any], words: str, *, lost: bool) -> str:
    """A stick figure of a moment's landmarks."""
    points = shot["xy_px"]
    if len(points) != len(NAMES):
        raise ValueError("snapshot")
    xs, ys = zip(*(point for point in points if point), strict=True)  # ValueError for none
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
    said = escape(f"{words}, at {clock(float(shot['time_s']))}{why}")
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
    rows = []
    for each in document.get("stretches", []):
        side = f", {each['side']}" if each["side"] else ""
        share = min(1.0, each["held_s"] / max(each["asked"] * each["asked_s"], 0.1))
        told = f"{each['held_s']:.1f} s; {each['done']} of {each['asked']} holds of {each['asked_s']:g} s"
        rows.append(
            f"<span>{escape(each['name'] + side)}</span>"
            f'<span class="bar" aria-hidden="true"><b style="width:{100 * share:.0f}%"></b></span>'
            f"<span>{escape(told)}</span>"
        )
    return (
        f'<section><h2>Dose</h2><div class="dose">{"".join(rows)}</div></section>' if rows else ""
    )


def _notes(document: Mapping[str, Any]) -> str:
    notes = "".join(f"<li>{escape(str(each))}</li>" for each in document.get("warnings", []))
    return f"<section><h2>Please note</h2><ul>{notes}</ul></section>" if notes else ""


def _measured(document: Mapping[str, Any]) -> str:
    view = document.get("view")
    seen = [f"The camera saw you {view['words']}."] if view else []
    told = "".join(f"<p>{escape(each)}</p>" for each in (*seen, *HOW.split("\n\n")))
    return (
        f'<section class="small"><h2>How this was measured, and how sure it is</h2>{told}</section>'
    )
