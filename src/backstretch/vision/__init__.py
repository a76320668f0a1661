"""Vision: light in, landmarks out: video files, cameras, the landmarker, other people."""
