"""How everything looks and what language it speaks.

- `sizes`: how large things are, from the screen.
- `style`, `theme`, `icons`: the widgets, what is painted, the one set of icons.
- `language`, `changes`, `units`: English or Chinese; what a widget does when that changes; sizes
  and durations.
"""
