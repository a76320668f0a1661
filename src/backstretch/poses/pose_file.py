"""Pose files: reading one, with all its faults reported at once, each with its place."""

import difflib
import math
import re
from pathlib import Path
from typing import Any, Literal, cast

from backstretch.errors import PoseFileError
from backstretch.kinematics.catalogue import BY_NAME, Measure, Range, Reference
from backstretch.kinematics.stick_figure import DRAWN_SEGMENTS, SEGMENTS
from backstretch.kinematics.view import VIEWS
from backstretch.poses.pose import (
    CALIBRATED_SIDES,
    CAREFUL_MODELS,
    GRACE_UNSEEN_S,
    GRACE_WRONG_S,
    LENGTH_NAMES,
    LONGEST_HOLD_S,
    MARKED,
    NOT_FOR,
    POSITIONS,
    REGIONS,
    SIDED,
    SUPPORTS,
    TAGS,
    Calibration,
    Check,
    Dose,
    Drawing,
    Of,
    OwnRanges,
    Pose,
    Reach,
    Sides,
)
from backstretch.poses.toml_table import Table, read_toml

GRACE_LIMITS_S = (0.0, 10.0)
"""Least and most grace; a longer lapse is the end of the hold."""
MOST_CURVE_DEG = 150.0
"""A back that is drawn rounder than this is a wheel."""
MOST_HEIGHT_DEG = 80.0
"""Seen from straight above, a picture has no upper end."""
CAMERA_HEIGHT_M, CAMERA_DISTANCE_M = (0.0, 2.5), (0.5, 6.0)
"""Where a camera at home can stand."""
ID = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def load_pose(path: Path) -> Pose:
    """Read one pose file.

    Raises:
        InputError: It cannot be read.
        PoseFileError: With every fault of the file, each naming place, value and what would be right.
    """
    table = read_toml(path)
    reader = _Reader(path)
    pose = reader.pose(table)
    if reader.faults:
        raise PoseFileError(reader.faults)
    return pose


class _Reader:
    """Turns TOML tables into a pose and collects what is wrong with them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.faults: list[str] = []

    def fault(self, place: str, words: str) -> None:
        self.faults.append(f"{self.path}: {place}: {words}" if place else f"{self.path}: {words}")

    def pose(self, table: dict[str, Any]) -> Pose:
        take = Table(self.fault, "", table)
        pose = Pose(
            id=self.path.stem,
            name=take.text("name"),
            also=take.texts("also", ()),
            regions=take.texts("regions", allowed=REGIONS),
            tags=take.texts("tags", (), allowed=TAGS),
            positions=take.texts("positions", allowed=POSITIONS),
            views=take.texts("views", allowed=tuple(VIEWS)),
            camera=take.text("camera", ""),
            camera_height_m=take.span_if_any("camera_height_m", CAMERA_HEIGHT_M),
            camera_distance_m=take.span_if_any("camera_distance_m", CAMERA_DISTANCE_M),
            limits=take.text("limits", ""),
            careful_look=take.texts("careful_look", (), allowed=CAREFUL_MODELS),
            equipment=take.texts("equipment", ()),
            sides=cast("Sides", take.choice("sides", ("both", "each"))),
            side_rule=take.text("side_rule", ""),
            guided=take.text("guided", ""),
            steps=take.texts("steps"),
            safety=take.text("safety"),
            not_for=take.texts("not_for", (), allowed=tuple(NOT_FOR)),
            look_alikes=self.look_alikes(take.table("look_alikes", {})),
            sources=take.texts("sources"),
            dose=self.dose(take.table("hold")),
            figure=self.figure(take.table("figure", {})),
            drawing=self.drawing(take.table("drawing", {})),
            checks=tuple(
                self.check(number, entry)
                for number, entry in enumerate(take.tables("check"), start=1)
            ),
            lengths=take.texts("lengths", (), allowed=LENGTH_NAMES),
            refines=take.text("refines", ""),
            calibration=self.calibration(take.table_if_any("calibration")),
            alternates_with=take.text("alternates_with", ""),
        )
        take.report_unknown()
        self.compare_parts(pose)
        return pose

    def compare_parts(self, pose: Pose) -> None:
        """Report parts of a pose that do not fit together."""
        if pose.checks and not any(check.need == "always" for check in pose.checks):
            self.fault("", "no check is required; at least one must be, or nothing can be held")
        for number, check in enumerate(pose.checks, start=1):
            if pose.sides == "both" and check.of in {"work", "other"}:
                words = f"of = {check.of!r} needs a pose with sides = 'each'"
                self.fault(f"check {number} ({check.measure.name})", words)
        if not ID.fullmatch(pose.id):
            words = "the file's name is the pose's id; use small letters, digits and _"
            self.fault("", words)
        measures = [check.measure.name for check in pose.checks]
        if pose.dose.motion and pose.dose.motion not in measures:
            words = f"motion = {pose.dose.motion!r}; it must be the measure of one of the checks"
            self.fault("hold", words)
        if pose.sides == "each" and not pose.side_rule:
            self.fault("side_rule", "missing; say in words which side counts as left")
        if pose.sides == "both" and any(check.right for check in pose.checks):
            self.fault("", "ranges of the right side need a pose with sides = 'each'")

    def look_alikes(self, table: dict[str, Any]) -> dict[str, str]:
        take = Table(self.fault, "look_alikes", table)
        return {name: take.text(name) for name in table}

    def figure(self, table: dict[str, Any]) -> dict[str, tuple[float, ...]]:
        take = Table(self.fault, "figure", table)
        figure = _segments(take, table, SEGMENTS)
        take.report_unknown()
        return figure

    def drawing(self, table: dict[str, Any]) -> Drawing:
        take = Table(self.fault, "drawing", table)
        drawing = Drawing(
            segments=_segments(take, table, DRAWN_SEGMENTS),
            curve=take.number("curve", 0.0),
            view=cast("Any", take.numbers("view", 2)) if "view" in table else None,
            marked=take.choice("marked", ("", *MARKED), ""),
            on=take.texts("on", (), allowed=SUPPORTS),
            close_up=take.flag("close_up"),
        )
        take.report_unknown()
        height = drawing.view[1] if drawing.view else 0.0
        for name, value, most in (
            ("curve", drawing.curve, MOST_CURVE_DEG),
            ("height of view", height, MOST_HEIGHT_DEG),
        ):
            if abs(value) > most:
                self.fault("drawing", f"{name} {value:g}; it must be within ±{most:g}")
        return drawing

    def calibration(self, table: dict[str, Any] | None) -> Calibration | None:
        if table is None:
            return None
        take = Table(self.fault, "calibration", table)
        azimuth_deg, elevation_deg = take.numbers_of("view", 2)
        calibration = Calibration(
            date=take.date("date"),
            takes=take.whole("takes"),
            seconds=take.number("seconds"),
            sides=cast("Any", take.choice("sides", CALIBRATED_SIDES)),
            view=(azimuth_deg, elevation_deg),
            trunk_share=take.number("trunk_share"),
            neutral=take.text("neutral", ""),
        )
        take.report_unknown()
        return calibration

    def right(self, place: str, table: dict[str, Any] | None, limits: Range) -> OwnRanges | None:
        if table is None:
            return None
        take = Table(self.fault, f"{place}: right", table)
        measured = Reach(take.number("median"), take.number("spread"))
        own = OwnRanges(take.span("good", limits), take.span("accept", limits), measured)
        take.report_unknown()
        return own

    def dose(self, table: dict[str, Any]) -> Dose:
        take, before = Table(self.fault, "hold", table), len(self.faults)
        dose = Dose(
            seconds=take.span("seconds", (1.0, LONGEST_HOLD_S)),
            default_s=take.number("default_s"),
            repetitions=cast("tuple[int, int]", take.span("repetitions", (1, 50))),
            default_repetitions=take.whole("default_repetitions"),
            source=take.text("source"),
            grace_wrong_s=take.number("grace_wrong_s", GRACE_WRONG_S),
            grace_unseen_s=take.number("grace_unseen_s", GRACE_UNSEEN_S),
            motion=take.text("motion", ""),
        )
        take.report_unknown()
        if any(times % 1 for times in dose.repetitions if math.isfinite(times)):
            self.fault("hold", "repetitions: they must be whole numbers")
        is_sound = len(self.faults) == before
        for name, value, span in (
            ("default_s", dose.default_s, dose.seconds),
            ("default_repetitions", dose.default_repetitions, dose.repetitions),
            ("grace_wrong_s", dose.grace_wrong_s, GRACE_LIMITS_S),
            ("grace_unseen_s", dose.grace_unseen_s, GRACE_LIMITS_S),
        ):
            if is_sound and not span[0] <= value <= span[1]:
                self.fault("hold", f"{name} {value:g} is outside {span[0]:g} to {span[1]:g}")
        return dose

    def check(self, number: int, table: dict[str, Any]) -> Check:
        name = table.get("measure")
        place = f"check {number} ({name})" if isinstance(name, str) else f"check {number}"
        take = Table(self.fault, place, table)
        measure = self.measure(place, take.text("measure"))
        limits = measure.limits
        check = Check(
            measure=measure,
            of=cast("Of", take.choice("of", (*SIDED, ""), "")),
            frame=cast("Reference", take.choice("frame", measure.frames, measure.frames[0])),
            good=take.span("good", limits),
            accept=take.span("accept", limits),
            need=take.need(),
            more=cast(
                "Literal['larger', 'smaller', '']",
                take.choice("more", ("larger", "smaller", ""), ""),
            ),
            below=take.text("below", ""),
            above=take.text("above", ""),
            source=take.text("source"),
            measured=take.reach(),
            right=self.right(place, take.table_if_any("right"), limits),
            limit_reason=take.text("limit_reason", ""),
        )
        take.report_unknown()
        if isinstance(name, str) and name in BY_NAME:
            self.compare_entries(place, check)
        return check

    def measure(self, place: str, name: str) -> Measure:
        if name and name not in BY_NAME:
            near = difflib.get_close_matches(name, BY_NAME, n=3, cutoff=0.4)
            hint = f"did you mean {' or '.join(near)}?" if near else "see the catalogue of measures"
            self.fault(place, f"there is no measure {name!r}; {hint}")
        return BY_NAME.get(name, BY_NAME["knee"])

    def compare_entries(self, place: str, check: Check) -> None:
        """Report entries of one check that do not fit together."""
        if check.limit_reason and not check.more:
            self.fault(place, "limit_reason needs more: it says why that side of the range ends")
        if check.measure.sided and not check.of:
            self.fault(place, f"of is missing: {', '.join(SIDED)}")
        if check.of and not check.measure.sided:
            self.fault(place, f"of = {check.of!r}, but the measure has no sides; leave it out")
        self.compare_ranges(place, check.accept, check.good)
        if check.right is not None:
            self.compare_ranges(f"{place}: right", check.right.accept, check.right.good)

    def compare_ranges(self, place: str, accept: Range, good: Range) -> None:
        """Report a good range that does not lie within the accepted one."""
        (low, high), (good_low, good_high) = accept, good
        if good_low < low or good_high > high:
            words = f"good {good_low:g} to {good_high:g} reaches outside accept {low:g} to {high:g}"
            self.fault(place, words)


def _segments(
    take: Table, table: dict[str, Any], counts: dict[str, int]
) -> dict[str, tuple[float, ...]]:
    return {name: take.numbers(name, count) for name, count in counts.items() if name in table}
