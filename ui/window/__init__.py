"""The window itself: application, layout, keys, kiosk, end.

- `app`, `main_window`, `picture_area`, `docks`, `parts`: the application, the layout, and the parts
  that act on each other.
- `wiring`, `commands`, `keys`: what panels, keys and buttons make happen.
- `overlay_maker`: what lies over the picture.
- `ending`: what is waited for before it closes.
- `geometry`, `fullscreen`, `kiosk`, `screen_saver`: where it stands, and being alone on the screen.
- `toasts`, `language_menu`: short messages; the switch of language.
"""
