"""The PyQt5 window.

It lies at the top of a checkout and is the package `rkvideo.ui`. Upper rooms know lower ones only.

- `window`: the application, its layout, its end.
- `panels`, `bench`, `report`, `playing`: what is beside the picture, and the run on the screen.
- `contract`: what the window is given and what its panels must offer.
- `picture`, `kept`: what is painted; what is remembered.
- `look`, `bridge`: colours, icons, language; the only place where threads meet Qt.
"""
