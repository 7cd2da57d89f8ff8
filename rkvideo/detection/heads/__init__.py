"""What turns a model's outputs into boxes."""
