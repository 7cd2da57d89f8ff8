"""The panel of the bench, whose title is Compare.

- `panel`, `setup`, `table`, `plot`, `sentence`: its parts.
- `layout`: two parts beside each other or one below the other.
- `export`, `conditions`: the panel as a picture, and the lines below it.
- `clock_words`: what the clocks did while a row was measured.
"""
