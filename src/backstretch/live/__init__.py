"""Live: a person before a camera: the loop, the led session, voice and window."""
