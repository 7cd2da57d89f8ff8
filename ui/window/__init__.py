"""The window itself: application, layout, keys, kiosk, end.

- `app`, `main_window`, `picture_area`, `docks`, `parts`: the application, the layout, and the parts
  that act on each other.
- `wiring`, `commands`, `keys`, `settings_desk`, `report_desk`, `eval_desk`, `offered`, `menu`: what
  panels, keys and buttons make happen.
- `overlay_maker`: what lies over the picture.
- `ending`: what is waited for before it closes.
- `geometry`, `fullscreen`, `kiosk`, `screen_saver`: where it stands, and being alone on the screen.
- `opening`: the parts that lead to a picture.
- `top_bar`, `language_menu`: the bar over the picture; the switch of language.
- `toasts`, `fetch_notice`, `drop_hint`: short messages; what is being fetched or dragged.
- `tell_painting`: who would paint, told to `doctor`.
"""
