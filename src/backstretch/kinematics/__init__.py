"""Kinematics: landmarks, and what is measured on them."""
