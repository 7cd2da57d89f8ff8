"""What is painted: the view and what lies over it."""
