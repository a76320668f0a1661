"""Poses: stretches as data; the values, the files and the library."""
