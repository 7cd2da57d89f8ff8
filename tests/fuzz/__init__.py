"""Broken input, made from whole input: every reader answers with its own errors or reads it."""
