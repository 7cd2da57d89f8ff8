"""The Compare panel: a bench in the window.

- `panel`, `setup`, `table`, `plot`: its parts.
- `export`, `facts`: the panel as a picture, and the lines below it.
"""
