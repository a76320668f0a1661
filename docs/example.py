"""Analyse a recording from Python and print its holds.

python docs/example.py                      the sample
python docs/example.py VIDEO_OR_TRACK [POSE]
"""

import sys
from pathlib import Path

import backstretch

SAMPLE = Path(__file__).parents[1] / "samples" / "side_bend.mp4"


def main(recording: str | Path = SAMPLE, pose: str | None = None) -> None:
    """Print each hold with its seconds, and what cost the others."""
    result = backstretch.analyze(recording, pose)
    for held in result.holds:
        hold, form = held.hold, held.form
        side = f", {form.side}" if form.side else ""
        print(f"{form.pose.name}{side}: {hold.valid_s:.1f} s held, from {hold.start_s:.1f} s on")
    if not result.holds:
        print("nothing was held")
    for words in result.warnings:
        print(f"note: {words}")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:3])
    except backstretch.BackstretchError as error:
        sys.exit(f"{error}")
