"""The library of the project's own pose files, read once for all tests."""

from backstretch.poses.library import open_library
from tests.places import POSE_FILES

LIBRARY = open_library(POSE_FILES)
