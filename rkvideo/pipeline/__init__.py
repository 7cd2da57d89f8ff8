"""The threads of a run; knows protocols only."""
