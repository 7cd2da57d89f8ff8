"""The entry in the menu of the user's desktop, and the icon.

- `command`: `desktop install` and `desktop remove`.
- `entry`: the text of the desktop file.
- `icon`: the icon, as it comes with the program.
"""
