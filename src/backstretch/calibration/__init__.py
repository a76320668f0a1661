"""Calibration: making references: stills, personal ranges, new poses."""
