"""How each command of the README is walked on a bare system, and which are not."""

from __future__ import annotations

import re

from tests.helpers.paths import ROOT

RKVIDEO = "/home/guest/in-a-venv/bin/rkvideo"
SIMULATED = "--backend simulated --npu-latency-ms 5"
# A window is closed as a session's end does it.
CLOSED = "timeout --preserve-status --signal TERM 40"
WINDOW = f"{CLOSED} {{}} pattern:640x384@30 {SIMULATED}"
# The commands of the README, from `/`, as a user would adapt them: shorter, written to his home.
README = {
    "./run.sh": f"{CLOSED} {RKVIDEO}",
    "./run.sh clip.mp4 --loop": f"{CLOSED} {RKVIDEO} ~/out.mp4 --loop",
    "./run.sh demo --fullscreen": f"{CLOSED} {RKVIDEO} demo --fullscreen",
    "./run.sh --kiosk": f"{CLOSED} {RKVIDEO} --kiosk",
    "./run.sh desktop install": f"{RKVIDEO} desktop install",
    "./run.sh completion bash": f"{RKVIDEO} completion bash >~/completion && bash -n ~/completion",
    "./run.sh models list": f"{RKVIDEO} models list",
    "./run.sh models info": f"{RKVIDEO} models info yolo11n@320",
    "./run.sh models fetch": f"{RKVIDEO} models fetch yolox-nano",
    "./run.sh bench clip.mp4": f"{RKVIDEO} bench ~/out.mp4 --models yolo11n@320,yolox-nano "
    "--seconds 1 --warmup 0.2 --repeats 1 --out ~/result",
    "./run.sh bench": f"{RKVIDEO} bench --seconds 1 --warmup 0.2 --repeats 1",
    "./run.sh run demo": f"{RKVIDEO} run demo --frames 25 --record ~/out.mp4 "
    "--detections ~/b.jsonl",
    "./run.sh run pattern": f"{RKVIDEO} run pattern:1280x720@30:300 --backend simulated",
    "./run.sh --paint raster": f"{CLOSED} {RKVIDEO} --paint raster",
    "./run.sh clip.mp4 --model": f"{CLOSED} {RKVIDEO} ~/out.mp4 --model "
    "~/.local/share/rkvideo/models/yolo11n.onnx",
    "./run.sh eval --data demo": f"{RKVIDEO} eval --data demo --against yolo11n@640 "
    "--models yolo11n@320 --fit --frames 5 --draws 20 --out ~/agreed",
    "./run.sh report compare": f"{RKVIDEO} report compare ~/result ~/report --out ~/both.html",
    "./run.sh eval --data coco/": f"{RKVIDEO} eval --data ~/set --models yolo11n@320 --draws 20 "
    "--out ~/report",
    "./run.sh doctor": f"{RKVIDEO} doctor",
    "./run.sh service install": f"{RKVIDEO} service install rtsp://camera/stream --print",
}
# What no root has: a camera, a network camera, systemd; `./test.sh --convert` converts.
ELSEWHERE = (
    *("./run.sh rtsp:", "./run.sh 0", "./run.sh bench rtsp:", "./run.sh convert"),
    # An address that nobody has, and a model for a board.
    *("./run.sh run --source-file", 'echo "$ADDRESS"', 'RKVIDEO_SOURCE="$ADDRESS"'),
    "./run.sh eval --data data.yaml",
)


def readme_commands() -> list[str]:
    """The lines of the README's blocks that start the program."""
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    lines = [line.partition(" #")[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if "./run.sh" in line]


def turn_of(name: str) -> int:
    """What reads a recording comes after the command that writes it, what reads reports last."""
    if "~/report " in README[name]:
        return 2
    return int("out.mp4" in README[name] and "--record" not in README[name])
