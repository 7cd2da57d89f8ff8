"""What the window is given and what its panels must offer: protocols only."""
