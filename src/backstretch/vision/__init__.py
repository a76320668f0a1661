"""Vision: reading video files and cameras, and finding the landmarks of people in their pictures."""
