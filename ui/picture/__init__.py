"""What is painted: the picture and what lies over it.

- `video_view`, `viewport`, `scaled_picture`: shows the newest result; which part of the picture is
  seen; its pixels at the size of the screen.
- `boxes`, `sides`, `hud`, `banner`, `texts`: painted over it.
- `paint_meter`, `side_meter`: what a viewer really gets.
"""
