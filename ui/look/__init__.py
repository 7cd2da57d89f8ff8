"""How everything looks and what language it speaks.

- `style`, `theme`, `icons`: the widgets, what is painted, the icons of the bars.
- `language`, `units`: English or Chinese; sizes and durations.
"""
