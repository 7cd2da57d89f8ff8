"""What is remembered from one start to the next.

- `state`: what it is, and its file.
- `merging`: two windows that share the file.
- `settings`: saving it while the window is open.
- `thumbnails`: a small picture of each source.
"""
