"""Rockchip's toolkit as a child process: its environment, its builds (used by convert and by the rknn-sim backend)."""
