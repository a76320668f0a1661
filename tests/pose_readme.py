"""Writes poses/README.md from the code: ``python -m tests.pose_readme``. A test holds the file to it."""
# ruff: noqa: E501

import numpy as np

from backstretch.display.pictures.canvas import DARK, Brush, Line, Type, save_png
from backstretch.display.pictures.drawn_pose import GROUND
from backstretch.display.pictures.figure import figure_image
from backstretch.judging.matching import Form
from backstretch.kinematics.catalogue import CATALOGUE, Measure
from backstretch.kinematics.stick_figure import SEGMENTS
from backstretch.kinematics.view import VIEWS
from backstretch.poses.library import Library, open_library
from backstretch.poses.pose import MARKED, NOT_FOR, POSITIONS, REGIONS, SUPPORTS, TAGS
from tests.places import DOCS, POSE_FILES

PATH = POSE_FILES / "README.md"
TILE_WH, NAME, COLUMNS = (208, 150), 15, 8
"""Size of a drawing in the picture of all stretches, and of the letters below it; how many stand side by side."""
HEAD = """\
# The stretches and their files

Each stretch is one file, `poses/ID.toml`; the name of the file is the id of the stretch. It is made to be read and written
by a physiotherapist. The library has {count} stretches and {sets} ready-made sets:

{poses}

```sh
backstretch poses list --region lower_back --tag gentle      # also --position chair
backstretch poses show figure_four_supine                    # steps, drawing, checks, dose, safety, sources; --png FILE
backstretch poses sets lower_back                            # the stretches of a set, with holds, repetitions and rest
backstretch poses check my_stretch.toml                      # all faults of a pose file at once
```

![The stretches as they are drawn](../docs/stretches.png)

Pose files of your own go into the folder `poses` of backstretch's [data folder](../docs/privacy.md#where-things-are-stored), or
into any folder that you name with `--poses`. A broken file is reported and does not affect the others. An id that is
already taken is reported as well. [Calibration](../docs/calibration.md) writes such files for you.

What the camera cannot judge is written in each file (`limits`) and is shown. Pelvic tilt is *guided*: its movement is too small
to see, and lying with bent knees is also how people rest. It is judged when you ask for it and is never recognised by itself.

This page is written from the program's own tables by `python -m tests.pose_readme`, and a test compares the two.

## What a file says

| entry | meaning |
| --- | --- |
| `name`, `also` | what the stretch is called |
| `regions` | what it is for: {regions} |
| `tags` | which sets it suits: {tags} |
| `positions` | how the body is placed: {positions} |
| `views` | from where the camera may see you, best first: {views} |
| `camera` | where to put the camera, in words |
| `camera_height_m`, `camera_distance_m` | least and most height above the floor and distance of the camera, in metres (optional); a set is led with as few places as these allow |
| `limits` | what the camera cannot judge, in words (optional) |
| `careful_look` | models that look at a lying person twice, in the picture and in its mirror image, for this stretch; the first that is installed of `"heavy"` and `"full"` (left out where one look of the usual model reads the stretch best) |
| `equipment` | what is needed (optional) |
| `sides` | `"both"` at once, or `"each"` in turn: written for the left, mirrored for the right |
| `side_rule` | with `"each"`: which side counts as left |
| `guided` | why the stretch cannot be told from rest; it is then judged when it is named and never recognised by itself (left out for all others) |
| `alternates_with` | the id of the pose that is done in turn with this one, as cow with cat; next to each other, holds of both are recognised from 1.5 s (optional) |
| `lengths` | what is estimated in centimetres where the person's height is given: `"fingertip_floor"`, `"fingertip_toes"` (optional) |
| `steps`, `safety` | what to do, and when not to do it |
| `not_for` | {not_for} |
| `sources` | where the stretch and the dose come from |

`[hold]` is the dose: `seconds` and `repetitions` as `[least, most]`, `default_s` and `default_repetitions`, `source`.
Optional entries: `grace_wrong_s` (1) and `grace_unseen_s` (2), how long a lapse may last before the hold ends; `motion`, the
measure that tells moving from holding, for poses whose first check with a `more` is too unsteady for it.

`[look_alikes]` names what the stretch is mistaken for, each with what tells it apart. A name is the id of another pose, whose
drawing the checks must then refuse, or the name of anything else in quotes.

`[figure]` draws the ideal as directions of segments in degrees (optional). One number is the angle from straight up
towards the front; of two numbers, the second leads out to the limb's own side. The figure shows the left as the worked side;
`other_...` gives the right where that differs. Entries: {segments}.

`[drawing]` says how the stretch is drawn where that needs more than the figure; nothing of it is judged (optional). Its
entries, all optional:

| entry | meaning |
| --- | --- |
| the entries of `[figure]` | directions for the drawing only, where hands should meet what they hold or feet the floor |
| `hands`, `other_hand` | directions of the hands, which otherwise go on as the forearms do |
| `curve` | how far the back is bent, in degrees between its two ends: above 0 rounded, below 0 hollow |
| `view` | `[azimuth, height]` of the direction that it is drawn from, in degrees: from the person's front towards their left, and above the floor |
| `marked` | what of the worked side is marked: {marked} |
| `on` | what the body sits, lies or leans on: {supports} |
| `close_up` | `true`: the upper body fills the picture |

Each `[[check]]` is one requirement:

| entry | meaning |
| --- | --- |
| `measure` | a name from the table of measures |
| `of` | of sided measures: `near` or `far` from the camera, `work` or `other` side of the stretch, `both` |
| `frame` | `image` (pixels) or `world` (metres, with the depth that the pose model guesses); where left out, the first one that the table names |
| `good`, `accept` | `[low, high]`: good, and what counts as held. To leave, a value must go 5 deg (0.06 for ratios) further out |
| `required` | `true` (where left out): without it no time counts. `"if seen"`: it stops the clock if it is seen to be wrong, but may be out of sight. `false`: it gives a cue and does not stop the clock |
| `more` | `larger` or `smaller`: the direction of more range of motion, where there is one. `good` and `accept` are open to the anatomical limit on that side: deeper is never wrong |
| `limit_reason` | with `more`: the look-alike or the safety that needs an earlier end on that side (left out where the range is open) |
| `below`, `above` | the cue; it speaks of position and ease, never of further or deeper |
| `source` | where the range comes from, and on what it was tuned |

`backstretch calibrate` writes files like these with somebody's own ranges. They have more entries: `refines`, the library pose
that they replace where both have the same id; `[calibration]` with `date`, `takes` (stills that were measured), `seconds` of
these stills together, `sides` (`both` at once, `left` or `right` with the other side mirrored from it, or `each`), `view`
(azimuth and elevation of the camera, in degrees), `trunk_share` (length of the trunk over the height of the picture) and
`neutral`, the values that relative measures were counted from. Each check then has the measured `median` and `spread`, and where
the right side has ranges of its own a `[check.right]` with `good`, `accept`, `median` and `spread`.

`poses/sets/*.toml` are ready-made sets: `name`, `about`, `source`, `rest_s` between holds, and one `[[stretch]]` each with
`pose`, and `hold_s` (1 to 120) and `repetitions` (1 to 50); what is left out is the pose's own. The dose of a set stands, also
outside the one that is usual for the pose: it is remarked on, and everything is judged by it. Only a hold longer than the pose
lets one count is complete at that length. A pose with sides is done on both. `backstretch where` prints the folder of your own
sets.

## Measures

Angles are in degrees, ratios over a length of the body. Angles against gravity use the vertical of the picture: set the camera
level. *Relative* measures are differences from your own neutral, a still, upright second. Measures that *follow the facing*
cannot be seen from the front and from behind.

| measure | unit | sides | frames | seen from | what it is |
| --- | --- | --- | --- | --- | --- |
"""


def text() -> str:
    """The whole page."""
    library = open_library(PATH.parent)
    head = HEAD.format(
        count=len(library.poses),
        sets=len(library.sets),
        poses="\n".join(_of_region(library, region) for region in REGIONS),
        regions=_codes(REGIONS),
        tags=_codes(TAGS),
        positions=_codes(POSITIONS),
        views=_codes(VIEWS),
        not_for="; ".join(f"`{key}`: {words}" for key, words in NOT_FOR.items()),
        segments=_codes(SEGMENTS),
        marked=_codes(MARKED),
        supports=_codes(SUPPORTS),
    )
    return head + "".join(f"{_row(measure)}\n" for measure in CATALOGUE)


def _of_region(library: Library, region: str) -> str:
    """The poses that name this region first."""
    names = [pose.name for pose in library.poses.values() if pose.regions[0] == region]
    return f"- **{region.replace('_', ' ').capitalize()}**: {', '.join(names)}."


def _row(measure: Measure) -> str:
    notes = [measure.definition]
    notes += ["*relative*"] if measure.relative else []
    notes += ["*follows the facing*"] if measure.facing else []
    cells = (
        f"`{measure.name}`",
        measure.unit,
        "left, right" if measure.sided else "",
        ", ".join(measure.frames),
        ", ".join(measure.views),
        "; ".join(notes),
    )
    return f"| {' | '.join(cells)} |"


def _codes(names) -> str:
    return ", ".join(f"`{name}`" for name in names)


def write_picture(path) -> None:
    """Save one picture of all stretches with their names."""
    poses = open_library(PATH.parent).poses.values()
    width, height = TILE_WH
    rows = -(-len(poses) // COLUMNS)
    sheet = np.full((rows * (height + 2 * NAME), COLUMNS * width, 3), GROUND, np.uint8)
    letters = Type()
    brush = Brush(letters, sheet, 1.0)
    for number, pose in enumerate(poses):
        row, column = divmod(number, COLUMNS)
        left, top = column * width, row * (height + 2 * NAME)
        side = "left" if pose.sides == "each" else None
        sheet[top : top + height, left : left + width] = figure_image(Form(pose, side), TILE_WH)
        size, name = letters.fit_line(pose.name, NAME, width - NAME)
        x = left + (width - letters.width(name, size)) // 2
        brush.write(Line(name, x, top + height + NAME, size, colour=DARK))
    save_png(path, sheet)


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8")
    write_picture(DOCS / "stretches.png")
