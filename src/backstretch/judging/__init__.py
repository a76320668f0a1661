"""Judging: landmarks over time against poses: verdict, motion, hold clock, recognition, result."""
