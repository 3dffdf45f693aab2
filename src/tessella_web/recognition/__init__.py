"""Recognition on the platform: what receiving organisations decide about credentials that others have issued."""
