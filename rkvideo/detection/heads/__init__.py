"""What turns a model's outputs into candidates: one module for each layout.

- `base`: what every head is.
- `detect`, `readings`, `refusal`: which head fits the shapes, which of two readings is meant, and
  the words where none fits.
- `dfl`, `anchors`, `yolox`, `single`, `end2end`: the heads.
- `decoded`, `grid`, `objectness`, `scores`: what they share.
"""
