"""The panel of the bench, whose title is Compare.

- `panel`, `setup`, `table`, `plot`: its parts.
- `export`, `conditions`: the panel as a picture, and the lines below it.
"""
