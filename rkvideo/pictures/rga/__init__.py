"""RGA, Rockchip's unit for scaling: from the memory of a video unit to RGB in ours.

- `descriptor`: where the planes of a video unit's picture lie, and whether RGA could read them.
- `library`: the part of librga's C interface that is needed.
- `target`: memory that RGA writes into.
- `scaler`: a part of a picture, scaled and coloured into an array.
- `view_scaler`, `lent_views`: the same at the size of a view; and for a window, beside the run.
- `trial`, `trial_program`: whether it works here, found out by a program of its own.
"""
