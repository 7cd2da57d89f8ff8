"""Records 180 pictures to the file named on the command line, then waits to be killed."""

from __future__ import annotations

import sys
from pathlib import Path

from rkvideo.sinks.recorder import Recorder
from rkvideo.stats import StatsSnapshot
from tests.helpers.sink_samples import INFO, STATUS, TITLES, result


def main() -> None:
    recorder = Recorder(Path(sys.argv[1]), TITLES, StatsSnapshot)
    recorder.open(INFO)
    for index in range(180):
        recorder.write(result(index), STATUS)
    print("written", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
