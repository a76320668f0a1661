"""Writes poses/README.md from the code: ``python -m tests.pose_readme``. A test holds the file to it."""
# ruff: noqa: E501

from backstretch.catalogue import CATALOGUE, Measure
from backstretch.ideal import SEGMENTS
from backstretch.poses import NOT_FOR, POSITIONS, REGIONS, TAGS
from backstretch.views import VIEWS
from tests.places import POSE_FILES

PATH = POSE_FILES / "README.md"
HEAD = """\
# Pose files

Each stretch is one file, `poses/ID.toml`; the file's name is its id. It is meant to be read, and written, by a
physiotherapist. `backstretch poses check FILE` tells all faults of a file at once, `backstretch poses show ID` prints
one with a drawing, `backstretch poses list` lists them. Files of your own go into the folder `poses` of
backstretch's data folder, where your system keeps such things, or into any folder named with `--poses`.

This page is written from the program's own tables by `python -m tests.pose_readme`; a test holds it to them.

## What a file says

| entry | what |
| --- | --- |
| `name`, `also` | what the stretch is called |
| `regions` | what it is for: {regions} |
| `tags` | which sets it suits: {tags} |
| `positions` | how the body is placed: {positions} |
| `views` | from where the camera may see you, best first: {views} |
| `camera` | where to put the camera, in words |
| `limits` | what the camera cannot tell, in words (may be left out) |
| `equipment` | what is needed (may be left out) |
| `sides` | `"both"` at once, or `"each"` in turn: written for the left, mirrored for the right |
| `side_rule` | with `"each"`: which side counts as left |
| `guided` | why the stretch cannot be told from rest; it is then judged when asked for by name, and never recognised unasked (left out for all others) |
| `steps`, `safety` | what to do, and when not to |
| `not_for` | {not_for} |
| `sources` | where stretch and dose come from |

`[hold]` is the dose: `seconds` and `repetitions` as `[least, most]`, `default_s` and `default_repetitions`, `source`.
May be added: `grace_wrong_s` (1) and `grace_unseen_s` (2), how long a lapse may last before the hold is over; `motion`, the
measure that tells moving from holding, where the first check with a `more` is too unsteady for it.

`[look_alikes]` names what the stretch is mistaken for, each with what tells it apart: ids of other poses, whose drawing the
checks must then refuse, or names of anything else in quotes.

`[figure]` draws the ideal as segment directions in degrees; it may be left out. One number is the angle from straight up
towards the front; of two the second leads out to the limb's own side. It shows the left as the worked side; `other_...`
stands for the right where that differs. Entries: {segments}.

Each `[[check]]` is one requirement:

| entry | what |
| --- | --- |
| `measure` | a name from the table below |
| `of` | of sided measures: `near` or `far` from the camera, `work` or `other` side of the stretch, `both` |
| `frame` | `image` (pixels) or `world` (metres, as the detector guesses the depth); the table's first where left out |
| `good`, `accept` | `[low, high]`: good, and what counts as held. Leaving needs 5 deg (0.06 for ratios) more |
| `required` | `true` (where left out): the clock needs it. `"if seen"`: it stops the clock where it is seen to be wrong, but may be out of sight. `false`: form only, it cues |
| `more` | `larger` or `smaller`, where that means more range of motion |
| `below`, `above` | what to say; position and ease, never further or deeper |
| `source` | where the range comes from, and on what it was tuned |

`backstretch calibrate` writes files like these with somebody's own ranges. They have in addition: `refines`, the library pose that
they stand in for where both have the same id; `[calibration]` with `date`, `takes` (stills that were measured), `seconds` of them
together, `sides` (`both` at once, `left` or `right` with the other side mirrored from it, or `each`), `view` (azimuth and elevation
of the camera, in degrees), `trunk_share` (length of the trunk over the picture's height) and `neutral`, what relative measures were
counted from. Each check then has `median` and `spread`, what was measured, and where the right side has ranges of its own a
`[check.right]` with `good`, `accept`, `median` and `spread`.

`poses/sets/*.toml` are ready-made sets: `name`, `about`, `source`, `rest_s` between holds, and one `[[stretch]]` each with
`pose`, and `hold_s` and `repetitions` within the pose's dose. A pose with sides is done on both.

## Measures

Angles in degrees, ratios over a body length. Angles against gravity take the picture's vertical for it: set the camera level.
*Relative* measures are differences from your own neutral, a still, upright second. Measures that *follow the facing* are unseen
from the front and from behind.

| measure | unit | sides | frames | seen from | what |
| --- | --- | --- | --- | --- | --- |
"""


def text() -> str:
    """The whole page."""
    head = HEAD.format(
        regions=_codes(REGIONS),
        tags=_codes(TAGS),
        positions=_codes(POSITIONS),
        views=_codes(VIEWS),
        not_for="; ".join(f"`{key}`: {words}" for key, words in NOT_FOR.items()),
        segments=_codes(SEGMENTS),
    )
    return head + "".join(f"{_row(measure)}\n" for measure in CATALOGUE)


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


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8")
