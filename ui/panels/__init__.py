"""Models, Boxes, Record, Graph."""
