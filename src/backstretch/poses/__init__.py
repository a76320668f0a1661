"""Poses: a stretch as data: the values, the file, the library."""
