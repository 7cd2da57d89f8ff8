"""`python -m rkvideo.cli`: the program where no script of it is installed."""

from __future__ import annotations

from rkvideo.cli.main import program

if __name__ == "__main__":
    program()
