"""Measuring models and sizes."""
