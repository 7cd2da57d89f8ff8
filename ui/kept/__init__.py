"""What is remembered, and its file."""
