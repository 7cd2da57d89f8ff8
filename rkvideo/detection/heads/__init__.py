"""What turns a model's outputs into candidates: one module for each layout.

- `base`: what every head is.
- `detect`, `readings`, `refusal`: which head fits the shapes, which of two readings is meant, and
  the words where none fits.
- `flat`, `evidence`: the same for one tensor, and what the values of a first run say to it.
- `dfl`, `anchors`, `yolox`, `single`, `end2end`, `queries`: the heads.
- `decoded`, `grid`, `objectness`, `scores`, `quantised`: what they share; int8 outputs.
"""
