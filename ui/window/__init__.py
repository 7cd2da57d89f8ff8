"""Application, layout, keys, kiosk, wiring, end."""
