"""Pixels of decoded pictures, and what is drawn on them.

- `pixels`: RGB out of a decoded picture.
- `overlay`, `objects`, `labels`: what is drawn, as plain data; which boxes are one object; where
  labels go.
- `painter`, `canvas`: drawing it onto a picture for an encoder, and the copy that is drawn on.
"""
