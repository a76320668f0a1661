"""Anatomy: how far a measure can safely go, whatever was measured.

A personal range never reaches beyond these. Normal ranges of motion of adults (research, section C) with room
for supple people and for the detector's error; landmark angles are not clinical angles, so the room is wide.
What is not listed is bounded by geometry alone, see `Measure.limits`.
"""

from backstretch.catalogue import Measure, Range

ROOM_DEG = 15.0
"""For supple people, and for what the detector errs by (research, section D: 6 to 9 deg)."""

NORMAL_DEG: dict[str, Range] = {
    "head_roll_rel": (-50.0, 50.0),
    "head_yaw_rel": (-80.0, 80.0),
    "head_pitch": (-75.0, 53.0),
    "shoulder_yaw_rel": (-65.0, 65.0),
    "twist": (-65.0, 65.0),
    "trunk_lean_lat": (-45.0, 45.0),
    "hip_arch": (-165.0, 47.0),
    "neck_trunk": (-90.0, 75.0),
}
"""Normal ends of motion in degrees.

Cervical: lateral flexion 45 (50 with a hand on the head), rotation 80, flexion 45-53, extension 75 (AAOS, AMA).
Seated turning of the trunk: 45, with 10 of the shoulder blades and 10 of the hips. Lateral lean of the trunk's
chord: 25 lumbar with hips and chest. Arch at the hip: 30 hip extension (AMA) with part of 25 lumbar extension.
Neck against trunk: neck and upper back together, as cat and cow read it on clips.
"""


def safe_range(measure: Measure) -> Range:
    """Lowest and highest value that a personal range may reach."""
    low, high = measure.limits
    if measure.name not in NORMAL_DEG:
        return low, high
    least, most = NORMAL_DEG[measure.name]
    return max(low, least - ROOM_DEG), min(high, most + ROOM_DEG)
