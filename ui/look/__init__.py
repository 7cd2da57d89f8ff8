"""Colours, icons, units, language."""
