"""Where the parts of the project lie, so that a test does not depend on the folder it is in."""

from pathlib import Path

TESTS = Path(__file__).parent
ROOT = TESTS.parent
SOURCE = ROOT / "src"
PACKAGE = SOURCE / "backstretch"
POSE_FILES = ROOT / "poses"
DOCS = ROOT / "docs"
SAMPLES = ROOT / "samples"
MEDIA = ROOT.parent / "shared" / "media" / "rendered"
"""Rendered clips that are not part of the project; what needs them is skipped where they are not."""
