"""Rockchip's toolkit as a child process: its environment and its builds."""
