"""Pose files and sets made for tests: a sound one of each, and the same with something changed."""

STRETCH = """\
name = "Desk fold"
regions = ["lower_back"]
tags = ["standing"]
positions = ["standing"]
views = ["side"]
camera = "From your side."
sides = "both"
steps = ["Stand before a desk.", "Fold from the hips.", "Come up slowly."]
safety = "Be careful on a slippery floor."
not_for = ["head_down"]
sources = ["A leaflet made for tests"]

[hold]
seconds = [10, 30]
default_s = 20
repetitions = [1, 3]
default_repetitions = 2
source = "A dose made for tests"

[look_alikes]
"washing hands" = "Here the trunk is nearly level."

[figure]
trunk = 60

[[check]]
measure = "trunk_incl"
good = [40, 80]
accept = [30, 90]
more = "larger"
limit_reason = "Beyond level it is another fold"
below = "Fold from the hips."
above = "Come up a little."
source = "A test"

[[check]]
measure = "knee"
of = "near"
good = [160, 180]
accept = [150, 180]
below = "Let the knees be straight."
source = "A test"
"""
"""Seen from the side, trunk 60 degrees from upright, legs straight: well within its own checks."""
ON_EACH_SIDE = ('sides = "both"', 'sides = "each"\nside_rule = "The side that leans on the desk."')
"""A change that makes it a stretch with sides."""
SET = """\
name = "At the desk"
about = "A set made for tests."
source = "A choice made for tests"
rest_s = 10

[[stretch]]
pose = "desk_fold"
hold_s = 15
repetitions = 3
"""


def changed(text, *changes):
    """The text with changes, each (what stands there, what stands there instead)."""
    for old, new in changes:
        assert text.count(old), f"{old!r} is not in the file"
        text = text.replace(old, new, 1)
    return text


def write(path, content=STRETCH, *changes):
    """Write a file, and the folders that it lies in; the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(changed(content, *changes), encoding="utf-8")
    return path
