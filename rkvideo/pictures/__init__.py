"""Pixels of decoded pictures, and what is drawn on them."""
