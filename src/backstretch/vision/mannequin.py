"""A drawn person, at whom a model has its first look, which takes longest, before anybody waits for it."""

import numpy as np

from backstretch.frame import Frame

SIZE_PX = 256
WALL, SKIN, SHIRT, TROUSERS, HAIR = (
    (200, 205, 210),
    (205, 160, 130),
    (170, 50, 50),
    (50, 70, 140),
    (60, 40, 30),
)
PARTS = (
    ((118, 140), (112, 185), 8, TROUSERS),
    ((112, 185), (110, 228), 6, TROUSERS),
    ((138, 140), (144, 185), 8, TROUSERS),
    ((144, 185), (146, 228), 6, TROUSERS),
    ((118, 88), (120, 132), 12, SHIRT),
    ((138, 88), (136, 132), 12, SHIRT),
    ((106, 84), (92, 115), 6, SKIN),
    ((92, 115), (86, 146), 5, SKIN),
    ((150, 84), (164, 115), 6, SKIN),
    ((164, 115), (170, 146), 5, SKIN),
    ((128, 80), (128, 66), 5, SKIN),
    ((122, 43), (134, 43), 9, HAIR),
    ((128, 51), (128, 57), 13, SKIN),
    ((122, 53), (122, 53), 2, HAIR),
    ((134, 53), (134, 53), 2, HAIR),
)
"""Ends in pixels, half the width and the colour of limbs, trunk, neck, hair, face, eyes; the later on top."""


def mannequin() -> Frame:
    """Somebody who stands and faces the camera."""
    image = np.full((SIZE_PX, SIZE_PX, 3), WALL, np.uint8)
    places = np.stack(np.meshgrid(np.arange(SIZE_PX), np.arange(SIZE_PX)), axis=-1)
    for start, end, half_px, colour in PARTS:
        along = np.subtract(end, start)
        share = (places - start) @ along / max(1, along @ along)
        nearest = start + np.clip(share, 0.0, 1.0)[..., None] * along
        image[np.linalg.norm(places - nearest, axis=-1) <= half_px] = colour
    return Frame(0, 0.0, image)
