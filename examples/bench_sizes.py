"""How fast a model is at two sizes here: `python examples/bench_sizes.py [SOURCE] [SECONDS]`."""

import sys

from rkvideo import run_bench

source = sys.argv[1] if len(sys.argv) > 1 else "demo"
seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 5.0
report = run_bench(source, models=["yolo11n"], sizes=[320, 640], seconds=seconds, repeats=1)
for row in report.rows:
    rate = "too few frames to tell" if row.fps is None else f"{row.fps:.1f} fps"
    print(f"{row.title}: {row.trouble or rate} ({row.backend})")
