"""The words of the command line, the run without a window, what the window is served."""
