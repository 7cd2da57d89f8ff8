"""The systemd service that shows the kiosk from the board's start on."""
