"""The run on the screen.

- `player`, `open_request`, `leaving`, `switch_book`: holds the run and puts another in its place;
  what it is asked to open, and where in it; how the old one leaves; what it was asked for.
- `frame_guide`: leads it to one frame, to stay there with two models.
- `source_desk`, `source_bar`: from what the user types or drops to the source that is played.
- `start_desk`, `start_page`, `tile`: the page that asks what to watch.
- `transport`, `seek_slider`, `glimpses`: the bar over the picture; the line of a file, and what is
  under the mouse there.
- `recording`: whether the window is recording.
- `figures`: the figures and the words of the state.
"""
