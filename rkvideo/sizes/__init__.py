"""Sizes of pictures and inputs.

- `words`: a size as people write it.
- `input_fit`: the size of an input that follows the picture.
- `tiling`: how a picture is cut into tiles.
"""
