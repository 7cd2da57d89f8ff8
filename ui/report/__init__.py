"""How far models agree, and how right they are: what the window asks of reports.

- `panel`, `moments`, `thumbnails`: the Disagreements panel, its list and the pictures in it.
- `eval_dialog`, `eval_form`: an evaluation, from what is asked for to its report.
- `following`: a bar, a line of words and a clock for what takes long.
"""
