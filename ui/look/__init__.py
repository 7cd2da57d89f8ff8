"""How everything looks and what language it speaks.

- `sizes`: how large things are, from the screen.
- `style`, `checks`, `theme`, `icons`, `stages`: the widgets, check boxes in lists, what is painted,
  the one set of icons, what stages are called.
- `folding_bar`, `flow`, `elided`, `file_dialog`, `path_field`: a bar that loses no button; rows of
  widgets; texts that end in an ellipsis; files, and what is dropped.
- `class_names`, `error_words`: the classes of COCO and errors in the user's language.
- `language`, `changes`, `key_names`, `units`: English or Chinese; what a widget does when that
  changes; the keys of the tooltips; sizes of files and durations.
- `spoken`: names for who does not see the window.
- `time_left`: how long something will still take.
"""
