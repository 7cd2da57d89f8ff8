"""What is painted: the picture and what lies over it.

- `video_view`, `viewport`, `scaled_picture`: shows the newest result; which part of the picture is
  seen; its pixels at the size of the screen.
- `pictures_ahead`: those of the next picture, made in another thread.
- `gl`: the same by the GPU.
- `held`: what the pressed mouse holds of it.
- `over_picture`: all that is painted over it, and where.
- `shown`, `boxes`, `trails`, `sides`: whose boxes; boxes and labels; where objects stood; what an
  A|B view adds.
- `hud`, `hud_line`, `hud_layer`, `hud_place`: all figures, one line of them, and where they lie.
- `pill`, `banner`, `texts`: it records; the state; texts on panels.
- `tip`: the tooltip, also of a picture that goes on.
- `seams`: the tiles that a model looked at.
- `thumbnail`: a small copy of a picture.
- `face`: the typeface of the window, for files.
- `paint_meter`, `side_meter`: what a viewer really gets.
"""
