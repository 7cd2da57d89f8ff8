"""Pixels of decoded pictures, and what is drawn on them.

- `pixels`, `planes`: RGB out of a decoded picture; the same of another size, by its planes.
- `pooled`: colours in memory that is used again.
- `likeness`: how much two ways of making the same pixels differ.
- `lent`, `fetching`, `rga`: pictures that stay in the memory of a video unit, copies of them, and
  Rockchip's unit for scaling, which reads them there.
- `overlay`, `objects`, `labels`, `trails`: what is drawn, as plain data; which boxes are one
  object; where labels go; where objects stood.
- `painter`, `result_painter`, `trail_painter`, `canvas`: drawing it onto a picture for an encoder,
  and the copy that is drawn on.
"""
