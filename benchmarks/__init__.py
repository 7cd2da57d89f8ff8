"""What produces every figure in the README."""
