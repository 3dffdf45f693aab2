"""The REST interface: what the pages can do, for programs."""
