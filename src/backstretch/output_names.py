"""What the files beside a result are called, wherever they are written or looked for."""

RESULT = "result.json"
STEPS = "steps.csv"
TRACK = "landmarks.npz"
ANNOTATED = "annotated.mp4"
REPORT = "report.html"
VIDEO = "video.mp4"
"""The pictures of a live session, as they were; `ANNOTATED` has what was seen in them."""
