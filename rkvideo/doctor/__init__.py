"""`doctor`: what works on this machine, what does not, and the repair.

- `command`, `check`: runs the checks; the answer of one.
- `board`, `npu`, `pictures`, `host`, `figures`, `fonts`, `chosen`, `fit`: the checks: of what the
  NPU needs, of the way to it, of that of pictures, of any machine, of what a board tells of itself,
  of fonts, of the chosen source and model, of a model file.
- `painting`: who paints in the window.
- `system`, `trial`, `painter`: the machine as the checks see it; a model that is opened once; a
  program that tries the GPU.
"""
