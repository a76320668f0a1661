"""Pictures, drawn with OpenCV."""
