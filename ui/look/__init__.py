"""How everything looks and what language it speaks.

- `style`, `theme`, `icons`: the widgets, what is painted, the icons of the bars.
- `language`, `changes`, `units`: English or Chinese; what a widget does when that changes; sizes
  and durations.
"""
