"""Makes the moving demonstrations that are shipped, from the rendered clips: `python -m tests.demonstrations`.

Each shows one stretch from rest into the position and back the same way, so that it can be shown in a loop; it
is cut to the person and has no sound. The table says which clip shows which stretch with its left side worked.
Where a clip comes to a hold from another position, not from rest, the way out of the hold is shown backwards.
"""

import gzip
import json
from fractions import Fraction
from typing import Any

import numpy as np

from backstretch.display.pictures.demonstration import (
    FOLDER,
    HOLD_S,
    MOVE_S,
    REST_S,
    demonstration_file,
)
from backstretch.kinematics.landmarks import INDEX
from tests.library import LIBRARY
from tests.places import MEDIA

CLIPS = {
    "cat_pose": ("07_cat_cow_left", 0),
    "chair_forward_fold": ("53_chair_fold_left", 0),
    "chair_side_bend": ("49_chair_side_bend_LR_front", 0),
    "chair_spinal_twist": ("06_seated_twist_L_front", 0),
    "childs_pose": ("08_childs_pose_left", 0),
    "cow_pose": ("07_cat_cow_left", 1),
    "cross_body_shoulder": ("43_cross_body_LR_front", 0),
    "doorway_chest_opener": ("45_doorway_front", 0),
    "eagle_arms": ("44_eagle_arms_LR_front", 1),
    "figure_four_chair": ("54_figure4_chair_LR_front", 1),
    "figure_four_supine": ("13_figure4_L_fl45", 0),
    "frog_stretch": ("09_frog_fl45", 0),
    "levator_scapulae_stretch": ("42_levator_LR_front", 1),
    "low_lunge_hip_flexor": ("55_low_lunge_L_left", 0),
    "neck_flexion": ("40_neck_flexion_left", 0),
    "neck_rotation": ("04_neck_rot_LR_front", 0),
    "neck_side_bend": ("03_neck_side_LR_front", 0),
    "overhead_reach": ("05_overhead_front", 0),
    "pelvic_tilt": ("15_pelvic_tilt_left", 0),
    "puppy_pose": ("48_puppy_left", 0),
    "seated_forward_fold": ("16_seated_fold_left", 0),
    "seated_spinal_twist": ("50_floor_twist_LR_fl30", 0),
    "single_knee_to_chest": ("12_knee_chest_LR_left", 0),
    "sphinx_pose": ("11_sphinx_fl45", 0),
    "standing_back_extension": ("52_back_extension_left", 0),
    "standing_forward_fold": ("02_forward_fold_left", 0),
    "standing_hamstring": ("18_hamstring_LR_left", 0),
    "standing_side_bend": ("01_side_bend_LR_front", 0),
    "supine_twist": ("51_supine_twist_LR_foot", 0),
    "thread_the_needle": ("47_thread_needle_L_fl45", 0),
    "upper_back_round_reach": ("46_upper_back_left", 0),
    "upper_trapezius_stretch": ("41_upper_trap_LR_front", 0),
}
"""The clip of each stretch, and which of its holds is shown."""
WH, FPS = (480, 360), 12
MARGIN = 0.10
"""Room around the person, as a share of the person's size."""
AT_REST = 0.02
"""Depth up to which somebody is at rest."""
LEAST_REST_S = 2.5
"""A hold that begins sooner after another comes from its position."""
HEAD = 0.8
"""How far the head reaches above the eyes, as a share of their height above the shoulders."""
SHOULDER, EYE = INDEX["left_shoulder"], INDEX["left_eye"]
UPPER_BODY = range(INDEX["right_hip"] + 1)
ENCODER = {"preset": "veryslow", "crf": "24", "bf": "0", "threads": "1"}
README = """# Moving demonstrations

Five seconds of each stretch, from rest into the position and back, with the left side worked; the program
mirrors them for the right. They are cut from clips that were rendered for this project: a MakeHuman body (base
mesh, rig and morph targets, released under CC0 1.0). The clips and these files are CC0 1.0 as well.

`python -m tests.demonstrations` makes them and writes this page.

| file | clip | from | to |
| --- | --- | --- | --- |
"""


class Span:
    """The part of a clip in which a person goes into a hold."""

    def __init__(self, clip, number):
        with gzip.open(MEDIA / f"{clip}.truth.json.gz") as file:
            truth = json.load(file)
        holds = truth["holds"]
        self.hold = holds[number]
        columns = truth["frames_data"]
        self.times_s, depth = np.array(columns["t"]), np.array(columns["depth"])
        self.uv = np.array(columns["uv"], float)
        start_s, end_s = self.hold["start_s"], self.hold["end_s"]
        self.is_backwards = any(0.0 < start_s - other["end_s"] < LEAST_REST_S for other in holds)
        if self.is_backwards:
            after = self.times_s[(self.times_s > end_s) & (depth < AT_REST)]
            self.start_s, self.end_s = end_s, float(after[0])
        else:
            before = self.times_s[(self.times_s < start_s) & (depth < AT_REST)]
            self.start_s, self.end_s = float(before[-1]), start_s

    def box(self, wh, closeup):
        """Left, top, width and height that show the person throughout, in the shape of `WH`."""
        during = (self.times_s >= self.start_s) & (self.times_s <= self.end_s + HOLD_S)
        points = self.uv[during][:, list(UPPER_BODY) if closeup else slice(None)].reshape(-1, 2)
        low, high = np.clip([points.min(axis=0), points.max(axis=0)], 0, wh)
        head = np.median(self.uv[during][:, SHOULDER] - self.uv[during][:, EYE], axis=0)
        low[1] = max(0, low[1] - HEAD * np.abs(head[1]))
        size = (high - low) * (1 + 2 * MARGIN)
        width = min(max(size[0], size[1] * WH[0] / WH[1]), *np.multiply(wh, (1, WH[0] / WH[1])))
        size = np.array([width, width * WH[1] / WH[0]])
        corner = np.clip((low + high - size) / 2, 0, wh - size)
        return (*np.round(corner).astype(int), *np.floor(size).astype(int))


def pictures(clip, span, closeup):
    """(n, H, W, 3) from rest into the hold, evenly in the demonstration's own time."""
    import av

    count = round(FPS * MOVE_S)
    wanted_s = np.linspace(span.start_s, span.end_s, count)
    images: list[Any] = []
    with av.open(str(MEDIA / f"{clip}.mp4")) as container:
        for frame in container.decode(video=0):
            while len(images) < count and frame.time >= wanted_s[len(images)] - 1e-3:
                x, y, w, h = span.box((frame.width, frame.height), closeup)
                whole: Any = frame.to_ndarray(format="rgb24")
                cut = av.VideoFrame.from_ndarray(
                    np.ascontiguousarray(whole[y : y + h, x : x + w]), format="rgb24"
                )
                images.append(cut.reformat(*WH, interpolation="LANCZOS").to_ndarray(format="rgb24"))
            if len(images) == count:
                return images[::-1] if span.is_backwards else images
    raise ValueError(f"{clip} ends before the hold")


def make(pose):
    """Write the demonstration of a pose; its row of the page."""
    import av

    clip, number = CLIPS[pose.id]
    span = Span(clip, number)
    way = pictures(clip, span, pose.drawing.close_up)
    rest, hold = [way[0]] * round(FPS * REST_S), [way[-1]] * round(FPS * HOLD_S)
    path = demonstration_file(pose)
    options = {"movflags": "+faststart", "fflags": "+bitexact"}
    with av.open(str(path), "w", format="mp4", options=options) as container:
        stream = container.add_stream("libx264", rate=FPS, options=ENCODER)
        stream.width, stream.height = WH
        stream.pix_fmt = "yuv420p"
        for number, image in enumerate([*rest, *way, *hold, *way[::-1]]):
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return f"| `{path.name}` | {clip} | {span.start_s:.1f} s | {span.end_s:.1f} s |\n"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    rows = [make(LIBRARY.poses[name]) for name in CLIPS]
    (FOLDER / "README.md").write_text(README + "".join(rows), encoding="utf-8")
    print(f"{sum(path.stat().st_size for path in FOLDER.iterdir()):,} bytes")
