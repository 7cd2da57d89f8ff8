"""The systemd service that shows the kiosk from the board's start on.

- `command`: `service install|remove`.
- `unit`, `source_file`: what it writes.
"""
