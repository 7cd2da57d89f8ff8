"""The picture scaled and coloured by the GPU.

- `calls`: the functions of OpenGL and OpenGL ES that are called.
- `shader`, `sampling`, `weights`: the program that a GPU runs for each pixel, what it is told, and
  of which pixels a sample is made.
- `picture`: the planes of a frame as textures, drawn at the size of the screen.
- `surface`: the widget that is drawn on.
- `proof`: what the driver says of itself, and whether it draws what the CPU paints.
- `choice`: which way is taken, and why.
"""
