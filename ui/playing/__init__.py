"""The run on the screen.

- `player`, `switch_book`: holds the run and puts another in its place; what it was asked for.
- `source_desk`, `source_bar`: from what the user types or drops to the source that is played.
- `start_desk`, `start_page`, `tile`: the page that asks what to watch.
- `transport`: where a file is and how it plays.
- `recording`: whether the window is recording.
- `figures`: the figures and the words of the state.
"""
