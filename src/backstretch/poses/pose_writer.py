"""Writing pose files: a pose as text, in the order and layout that read best."""

from datetime import date
from typing import Any

import tomlkit
from tomlkit.items import Array, Table

from backstretch.kinematics.catalogue import Range
from backstretch.poses.pose import (
    GRACE_UNSEEN_S,
    GRACE_WRONG_S,
    Calibration,
    Check,
    Dose,
    Drawing,
    Pose,
    Reach,
)
from backstretch.poses.toml_table import NEEDS

LONG = 88
"""Most characters of a line; a list that would make a longer one is written with one entry a line."""
_REQUIRED = {need: value for value, need in NEEDS.items()}


def pose_text(pose: Pose) -> str:
    """The pose as the text of its file; reading it gives an equal pose."""
    document = tomlkit.document()
    for name, value in _head(pose).items():
        if value:
            document.add(name, _item(name, value))
    document.add("hold", _hold(pose.dose))
    if pose.calibration is not None:
        document.add("calibration", _calibration(pose.calibration))
    if pose.look_alikes:
        document.add("look_alikes", _table(pose.look_alikes))
    if pose.figure:
        document.add("figure", _table({name: _numbers(v) for name, v in pose.figure.items()}))
    if entries := _drawing(pose.drawing):
        document.add("drawing", _table(entries))
    checks = tomlkit.aot()
    for check in pose.checks:
        checks.append(_check(check))
    document.add("check", checks)
    return tomlkit.dumps(document)


def _head(pose: Pose) -> dict[str, Any]:
    return {
        "name": pose.name,
        "refines": pose.refines,
        "also": pose.also,
        "regions": pose.regions,
        "tags": pose.tags,
        "positions": pose.positions,
        "views": pose.views,
        "camera": pose.camera,
        "camera_height_m": pose.camera_height_m or (),
        "camera_distance_m": pose.camera_distance_m or (),
        "limits": pose.limits,
        "careful_look": pose.careful_look,
        "equipment": pose.equipment,
        "sides": pose.sides,
        "side_rule": pose.side_rule,
        "guided": pose.guided,
        "alternates_with": pose.alternates_with,
        "lengths": pose.lengths,
        "steps": pose.steps,
        "safety": pose.safety,
        "not_for": pose.not_for,
        "sources": pose.sources,
    }


def _drawing(drawing: Drawing) -> dict[str, Any]:
    """What is not left out."""
    entries: dict[str, Any] = {name: _numbers(v) for name, v in drawing.segments.items()}
    if drawing.curve:
        entries["curve"] = _plain(drawing.curve)
    if drawing.view:
        entries["view"] = _numbers(drawing.view)
    if drawing.marked:
        entries["marked"] = drawing.marked
    if drawing.on:
        entries["on"] = list(drawing.on)
    if drawing.close_up:
        entries["close_up"] = True
    return entries


def _item(name: str, value: Any) -> Any:
    if not isinstance(value, tuple):
        return value
    array = _array(value)
    return array.multiline(multiline=True) if len(f"{name} = {array.as_string()}") > LONG else array


def _array(values: Any) -> Array:
    array = tomlkit.array()
    array.extend(values)
    return array


def _table(entries: dict[str, Any]) -> Table:
    table = tomlkit.table()
    for name, value in entries.items():
        table.add(name, _array(value) if isinstance(value, list) else value)
    return table


def _hold(dose: Dose) -> Table:
    entries: dict[str, Any] = {
        "seconds": [_plain(value) for value in dose.seconds],
        "default_s": _plain(dose.default_s),
        "repetitions": [int(value) for value in dose.repetitions],
        "default_repetitions": dose.default_repetitions,
        "source": dose.source,
    }
    if dose.grace_wrong_s != GRACE_WRONG_S:
        entries["grace_wrong_s"] = _plain(dose.grace_wrong_s)
    if dose.grace_unseen_s != GRACE_UNSEEN_S:
        entries["grace_unseen_s"] = _plain(dose.grace_unseen_s)
    if dose.motion:
        entries["motion"] = dose.motion
    return _table(entries)


def _calibration(calibration: Calibration) -> Table:
    return _table(
        {
            "date": date.fromisoformat(calibration.date),
            "takes": calibration.takes,
            "seconds": _plain(calibration.seconds),
            "sides": calibration.sides,
            "view": [_plain(value) for value in calibration.view],
            "trunk_share": _plain(calibration.trunk_share),
            "neutral": calibration.neutral,
        }
    )


def _check(check: Check) -> Table:
    entries: dict[str, Any] = {"measure": check.measure.name}
    if check.of:
        entries["of"] = check.of
    if check.frame != check.measure.frames[0]:
        entries["frame"] = check.frame
    if check.need != "always":
        entries["required"] = _REQUIRED[check.need]
    if check.more:
        entries["more"] = check.more
    if check.limit_reason:
        entries["limit_reason"] = check.limit_reason
    entries |= _ranges(check.good, check.accept, check.measured)
    entries |= {name: cue for name, cue in (("below", check.below), ("above", check.above)) if cue}
    entries["source"] = check.source
    table = _table(entries)
    if check.right is not None:
        own = check.right
        table.add("right", _table(_ranges(own.good, own.accept, own.measured)))
    return table


def _ranges(good: Range, accept: Range, measured: Reach | None) -> dict[str, Any]:
    entries: dict[str, Any] = {
        "good": [_plain(value) for value in good],
        "accept": [_plain(value) for value in accept],
    }
    if measured is not None:
        entries |= {"median": _plain(measured.median), "spread": _plain(measured.spread)}
    return entries


def _numbers(values: tuple[float, ...]) -> Any:
    """One number, or a list of them."""
    plain = [_plain(value) for value in values]
    return plain[0] if len(plain) == 1 else plain


def _plain(value: float) -> int | float:
    """A number as people write it: whole ones without a decimal point."""
    return int(value) if float(value).is_integer() else value
