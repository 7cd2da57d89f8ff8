"""The PyQt5 window."""
