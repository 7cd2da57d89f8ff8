"""Whether the window ends with 0 each time that it is closed.

    python -m benchmarks.closings [TIMES [SIDE_BY_SIDE]]

Starts the program offscreen, 7 side by side, with a simulated NPU and a pattern; each closes its
window by SIGTERM once it has painted some pictures, another number in each start.
Prints how many of the 300 ended with which exit code, and ends with 1 where one was not 0.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NoReturn

TIMES = 300
SIDE_BY_SIDE = 7
LIMIT_S = 240.0
# The close is to meet every state of a run.
MOST_PAINTED = 12
INSIDE = "--inside"
SOURCE = ("pattern:640x384@30", "--backend", "simulated", "--npu-latency-ms", "5")


def close_inside(pictures: int) -> NoReturn:
    """Be the program, and close its window when `pictures` were painted."""
    from rkvideo.cli.main import leave
    from rkvideo.cli.main import main as program
    from rkvideo.ui.picture.paint_meter import PaintMeter

    painted, count = PaintMeter.painted, 0

    def counted(meter: PaintMeter, *painting: Any) -> None:
        nonlocal count
        painted(meter, *painting)
        count += 1
        if count == pictures:
            signal.raise_signal(signal.SIGTERM)

    PaintMeter.painted = counted
    leave(program(["view", *SOURCE]))


def close_once(index: int) -> int:
    """The exit code of one start in a home of its own; negative for a signal that ended it."""
    pictures = str(1 + index % MOST_PAINTED)
    python = (sys.executable, "-X", "faulthandler")
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run(
            (*python, "-m", "benchmarks.closings", INSIDE, pictures),
            env={
                **os.environ,
                "QT_QPA_PLATFORM": "offscreen",
                "HOME": home,
                "XDG_RUNTIME_DIR": home,
                "XDG_STATE_HOME": home,
            },
            stderr=subprocess.PIPE,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )
    if done.returncode != 0:
        print(f"start {index} ended with {done.returncode}:\n{done.stderr}", flush=True)
    return done.returncode


def exit_codes(times: int, side_by_side: int) -> Counter[int]:
    """How many of `times` starts ended with which code."""
    with ThreadPoolExecutor(side_by_side) as pool:
        return Counter(pool.map(close_once, range(times)))


def main(words: list[str]) -> int:
    """Run the bench; gives the exit code."""
    times = int(words[0]) if words else TIMES
    codes = exit_codes(times, int(words[1]) if words[1:] else SIDE_BY_SIDE)
    told = ", ".join(f"{count} with {code}" for code, count in sorted(codes.items()))
    print(f"{times} windows closed: {told}")
    return 0 if set(codes) == {0} else 1


if __name__ == "__main__":
    is_inside = sys.argv[1:2] == [INSIDE]
    raise SystemExit(close_inside(int(sys.argv[2])) if is_inside else main(sys.argv[1:]))
