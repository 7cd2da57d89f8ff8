"""`doctor`: what works on this machine, what does not, and the repair.

- `command`, `check`: runs the checks; the answer of one.
- `board`, `host`, `figures`, `fonts`, `chosen`, `fit`: the checks: of the NPU, of any machine, of
  what a board tells of itself, of fonts, of the chosen source and model, of a model file.
- `system`: the machine as the checks see it.
"""
