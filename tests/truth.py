"""The rendered clips with their exact truth, and the reference that results are measured against.

The reference of a clip is its true landmarks, interpolated to 1 ms, through the same pose file: replaying
them at the video's own rate would hide the clock's bias.
"""

import gzip
import json
import math
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path

import numpy as np

from backstretch.analysis.pipeline import analyse_video
from backstretch.judging.hold_clock import Kind
from backstretch.judging.request import Assignment, Part, Request
from backstretch.judging.result import Result
from backstretch.judging.session import Session
from backstretch.kinematics.landmarks import COUNT, LandmarkTrack
from backstretch.poses.pose import Pose
from backstretch.vision.mediapipe_landmarker import MediaPipeLandmarker
from backstretch.vision.video_reader import VideoReader
from tests.library import LIBRARY

POSES = {
    "side_bend": "standing_side_bend",
    "forward_fold": "standing_forward_fold",
    "neck_side": "neck_side_bend",
    "neck_rot": "neck_rotation",
    "overhead": "overhead_reach",
    "seated_twist": "chair_spinal_twist",
    "frog": "frog_stretch",
    "sphinx": "sphinx_pose",
    "knee_chest": "single_knee_to_chest",
    "figure4": "figure_four_supine",
    "seated_fold": "seated_forward_fold",
    "hamstring_standing": "standing_hamstring",
}
"""Pose ids of the stretches that the truth names otherwise."""
NOT_IN_THE_LIBRARY = {"none", "cobra", "bridge", "down_dog"}
CAT_COW = {"target": "cat_pose", "alt": "cow_pose"}
OTHER_SIDE_FIRST = "61_thread_wrong_side_first"
ALSO_TRUE = {
    OTHER_SIDE_FIRST: "wrong",
    "62_upper_trap_lookalike_nohand": "wrong",
}
"""Clips whose phase of this name is another stretch done right, as MANIFEST.md says."""
PROVE_LITTLE = ("cat_cow", "drift")
"""Stretch or scenario of clips whose outer intervals prove little (MANIFEST.md)."""
OUTER_DEPTH = 0.35
OPENS_EARLY_S = 1.0
"""So much before the outer interval is a matter of the ranges, not an error (MANIFEST.md)."""

REFERENCE_STEP_S = 0.001


@dataclass(frozen=True)
class Clip:
    """One clip, or its first seconds, and what truly happens in it."""

    video: Path
    until_s: float = math.inf

    @property
    def name(self) -> str:
        return self.video.stem

    @cached_property
    def truth(self):
        path = self.video.with_name(f"{self.name}.truth.json.gz")
        with gzip.open(path, "rt", encoding="utf-8") as file:
            truth = json.load(file)
        frames = truth["frames_data"]
        count = sum(time_s <= self.until_s for time_s in frames["t"])
        truth["frames_data"] = {name: values[:count] for name, values in frames.items()}
        truth["holds"] = [hold for hold in truth["holds"] if hold["start_s"] < self.until_s]
        return truth

    @property
    def pose_ids(self) -> tuple[str, ...]:
        """The poses the clip shows, right or wrong; none for what is not in the library."""
        stretch = self.truth["stretch"]
        if stretch == "cat_cow":
            return tuple(CAT_COW.values())
        return () if stretch in NOT_IN_THE_LIBRARY else (POSES.get(stretch, stretch),)

    @property
    def pose_id(self) -> str | None:
        """The only pose the clip shows."""
        return self.pose_ids[0] if len(self.pose_ids) == 1 else None

    @property
    def holds(self) -> list[tuple[float, float, str, str | None]]:
        """The true holds: from, to, pose and side of the person (None for poses done on both)."""
        sides = {"L": "left", "R": "right"}
        return [
            (hold["start_s"], hold["end_s"], pose_id, sides.get(hold["side"]))
            for hold in self.truth["holds"]
            for pose_id in [
                CAT_COW.get(hold.get("which")) if len(self.pose_ids) > 1 else self.pose_id
            ]
            if pose_id is not None
        ]

    @property
    def times(self):
        return np.array(self.truth["frames_data"]["t"])

    @property
    def phases(self):
        return np.array(self.truth["frames_data"]["phase"])

    @property
    def outer(self) -> list[tuple[float, float]]:
        """Intervals outside of which nothing may be credited."""
        depth = np.array(self.truth["frames_data"]["depth"], float)
        inside = (depth > OUTER_DEPTH) & ~np.isin(self.phases, ["wrong", "absent"])
        edges = np.flatnonzero(np.diff(np.r_[False, inside, False]))
        found = [(self.times[a], self.times[b - 1]) for a, b in edges.reshape(-1, 2)]
        holds = [(hold["start_s"], hold["end_s"]) for hold in self.truth["holds"]]
        held = [(a, b) for a, b in found if any(a <= d and c <= b for c, d in holds)]
        return [(a - OPENS_EARLY_S, b) for a, b in held]

    def spans(self, phase: str) -> list[tuple[float, float]]:
        """Intervals of a phase."""
        edges = np.flatnonzero(np.diff(np.r_[False, self.phases == phase, False]))
        return [(self.times[a], self.times[b - 1]) for a, b in edges.reshape(-1, 2)]

    def true_track(self, step_s: float | None = None) -> LandmarkTrack:
        """The true landmarks, at the frames' times or every ``step_s`` seconds."""
        data, camera = self.truth["frames_data"], self.truth["camera"]
        uv = np.array(data["uv"], float)
        world = np.array(data["xyz"], float) @ np.array(camera["R_world_to_cam"]).T
        world -= world[:, 23:25].mean(axis=1, keepdims=True)
        inside = (np.array(data["vis"]) >= 0).astype(float)
        absent = self.phases == "absent"
        times = self.times
        if step_s is not None:
            fine = np.arange(times[0], times[-1], step_s)
            before = np.searchsorted(times, fine, side="right") - 1
            after = np.minimum(before + 1, len(times) - 1)
            uv, world = (_between(fine, times, values) for values in (uv, world))
            inside = np.minimum(inside[before], inside[after])
            absent = absent[before] | absent[after]
            times = fine
        for values in (uv, world, inside):
            values[absent] = np.nan
        return LandmarkTrack(times, uv, world, inside, (camera["width"], camera["height"]))


def _between(fine, times, values):
    columns = values.reshape(len(times), -1).T
    fines = np.stack([np.interp(fine, times, column) for column in columns], axis=1)
    return fines.reshape(len(fine), COUNT, -1)


def clips(folder: Path) -> list[Clip]:
    """The clips of a folder that have truth."""
    truths = sorted(folder.glob("*.truth.json.gz"))
    return [Clip(path.with_name(path.name.replace(".truth.json.gz", ".mp4"))) for path in truths]


def overlap(first: list[tuple[float, float]], second: list[tuple[float, float]]) -> float:
    """Seconds that two sets of intervals share."""
    return sum(max(0.0, min(b, d) - max(a, c)) for a, b in first for c, d in second)


def unasked() -> Request:
    return Request(Assignment(LIBRARY.recognised, asked=False), every_frame=True)


@cache
def pose(pose_id: str) -> Pose:
    return LIBRARY.poses[pose_id]


def look(clip: Clip, landmarker: MediaPipeLandmarker, request: Request):
    if clip.until_s < math.inf and request.part == Part():
        request = replace(request, part=Part(end_s=clip.until_s))
    with VideoReader(clip.video) as reader:
        return analyse_video(reader, landmarker, request)


def reference(clip: Clip, stretch: Pose, step_s: float = REFERENCE_STEP_S) -> float:
    """Valid seconds of the true landmarks, every ``step_s``, through the same pose file."""
    session = Session((stretch,), steady=False)
    session.push(clip.true_track(step_s))
    session.finish()
    return sum(held.hold.valid_s for held in session.holds)


def credited(result: Result) -> list[tuple[float, float]]:
    spans = [span for held in result.holds for span in held.hold.spans]
    return [(span.start_s, span.end_s) for span in spans if span.kind is Kind.VALID]
