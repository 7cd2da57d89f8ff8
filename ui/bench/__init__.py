"""The panel of the bench, whose title is Compare.

- `panel`, `setup`, `table`, `columns`, `plot`, `result_words`, `sentence`,
  `result_bar`: its parts.
- `quality_setup`, `quality_turn`, `pareto`: AP or agreement beside fps: choosing, measuring, and
  the plot of both.
- `layout`: parts beside each other or one below the other.
- `export`, `conditions`: the panel as a picture, and the lines below it.
- `clock_words`: what the clocks did while a row was measured.
"""
