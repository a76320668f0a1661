"""The program as always, that also notes what its window shows.

``python -m tests.live.watched NOTES SLOW_S ...``: ``NOTES`` gets a line whenever what is drawn changes, and
every look of the model takes ``SLOW_S`` at least. Nothing here may load PyAV before OpenCV's window.
"""

import json
import sys
import time
from pathlib import Path

import pytest

from backstretch.cli.app import main
from backstretch.display.pictures.live_view import LiveView
from backstretch.vision.mediapipe_landmarker import MediaPipeLandmarker


def note_what_is_drawn(path):
    """Have each new state of the window written to a file, one JSON document a line."""
    draw, last = LiveView.draw, None

    def noted(view, state, *args, **options):
        nonlocal last
        scene = state.scene
        shown = {
            "title": scene.title,
            "words": scene.words,
            "note": scene.note,
            "slow": state.slow,
            "lost": state.lost,
        }
        if shown != last:
            with path.open("a", encoding="utf-8") as notes:
                notes.write(json.dumps({"time_s": round(state.time_s, 3), **shown}) + "\n")
            last = shown
        return draw(view, state, *args, **options)

    pytest.MonkeyPatch().setattr(LiveView, "draw", noted)


def slow_down(least_s):
    """Have every look take so long at least."""
    look = MediaPipeLandmarker.look

    def slowly(landmarker, frame):
        began_s = time.perf_counter()
        marks = look(landmarker, frame)
        time.sleep(max(0.0, began_s + least_s - time.perf_counter()))
        return marks

    pytest.MonkeyPatch().setattr(MediaPipeLandmarker, "look", slowly)


if __name__ == "__main__":
    note_what_is_drawn(Path(sys.argv[1]))
    slow_down(float(sys.argv[2]))
    sys.argv[1:] = sys.argv[3:]
    main()
