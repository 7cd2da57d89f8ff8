"""From a picture to a tensor and from outputs to boxes; heads inside.

- `detector`: what a worker does around the inference.
- `sized`: the inputs and heads of a model that follows the pictures, one for each size.
- `letterbox`: from a picture to the input, and back.
- `picture_ways`, `picture_proof`: the ways of a picture's pixels into the input, and which of the
  quick ones have proven themselves.
- `rga_way`: the one of a picture that a video unit has lent.
- `output_watch`: outputs that cannot be trusted.
- `hints`, `heads`: what a head is told beside the shapes, and the heads.
- `merging`: the boxes of several tiles as those of one picture.
- `postprocess`, `boxes`: from candidates to the boxes of a picture: NMS, clipping.
"""
