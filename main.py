"""Start rkvideo: `main.py SOURCE` opens the window, `main.py --help` lists the rest."""

from __future__ import annotations

from rkvideo.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
