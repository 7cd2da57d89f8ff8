"""Numbers for objects: each keeps its own while it is seen.

- `tracker`: numbers the boxes of one result after another.
"""
