"""What a stranger gets with `pip install`: the wheel in a clean venv, called from `/`."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import tarfile
import zipfile
from pathlib import Path

import av
import pytest

from rkvideo import __version__
from tests.helpers.paths import ROOT
from tests.package.conftest import Installed

# A venv is made and 700 MB are unpacked into it; on a new machine they are fetched before.
pytestmark = pytest.mark.timeout(900)

SIMULATED = ("--backend", "simulated")
PATTERN = "pattern:320x240@30:60"


def modules_below(folder: Path, top: str) -> set[str]:
    return {f"{top}/{path.relative_to(folder).as_posix()}" for path in folder.rglob("*.py")}


def test_the_wheel_holds_the_whole_program_under_one_name(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {name.partition("/")[0] for name in names} == {
        *("rkvideo", f"rkvideo-{__version__}.dist-info"),
    }
    code = modules_below(ROOT / "rkvideo", "rkvideo") | modules_below(ROOT / "ui", "rkvideo/ui")
    assert {name for name in names if name.endswith(".py")} == code
    assert {name for name in names if not name.endswith(".py") and "dist-info" not in name} == {
        "rkvideo/py.typed",
        "rkvideo/desktop/data/rkvideo.png",
        "rkvideo/desktop/data/rkvideo.svg",
        "rkvideo/model_files/data/coco80.txt",
        "rkvideo/model_files/data/models.toml",
        "rkvideo/model_files/data/yolo11n.toml",
        "rkvideo/model_files/data/yolox-nano.toml",
        "rkvideo/report/data/page.css",
        "rkvideo/report/data/page.js",
        "rkvideo/ui/look/data/down-disabled.png",
        "rkvideo/ui/look/data/down.png",
        "rkvideo/ui/look/data/up-disabled.png",
        "rkvideo/ui/look/data/up.png",
        "rkvideo/ui/translations/rkvideo_zh_CN.qm",
    }


def test_the_sdist_holds_the_window_where_the_package_has_it(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        members = {member.name: member for member in archive.getmembers()}
    window = members[f"rkvideo-{__version__}/rkvideo/ui/window/app.py"]
    assert (window.isfile(), window.issym()) == (True, False)
    assert f"rkvideo-{__version__}/LICENSE" in members


def test_nothing_at_the_top_of_site_packages_is_called_ui(installed: Installed) -> None:
    (site,) = installed.environment.glob("lib/python*/site-packages")
    mine = [path.name for path in site.iterdir() if path.name in ("ui", "bench", "tests", "main")]
    assert mine == []
    assert (site / "rkvideo/ui/window/app.py").is_file()


def test_the_version_is_told(installed: Installed) -> None:
    assert installed.call("--version") == f"rkvideo {__version__}\n"


def test_the_models_and_what_is_known_of_them_are_listed(installed: Installed) -> None:
    listed = installed.call("models", "list")
    assert [row.split("│")[1:6:4] for row in listed.splitlines() if "yolo" in row] == [
        [" yolo11n    ", " AGPL-3.0   "],
        [" yolox-nano ", " Apache-2.0 "],
    ]


def test_a_simulated_run_ends_with_its_figures(installed: Installed, tmp_path: Path) -> None:
    stats = tmp_path / "stats.json"
    installed.call("run", PATTERN, *SIMULATED, "--stats", str(stats))
    frames = json.loads(stats.read_text())["frames"]
    assert (frames["decoded"], frames["shown"], frames["failed"]) == (60, 60, 0)


def test_the_demo_clip_runs_through_a_real_model(installed: Installed, tmp_path: Path) -> None:
    boxes = tmp_path / "boxes.jsonl"
    installed.call("run", "demo", "--frames", "17", "--detections", str(boxes))
    line = boxes.read_text().splitlines()[16]
    (found,) = json.loads(line)["detections"]
    # As the README shows it.
    assert (found["name"], found["box"]) == (
        "car",
        pytest.approx([514.94, 1.14, 633.06, 27.54], abs=0.5),
    )


def test_the_window_opens_and_a_signal_closes_it(installed: Installed, tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    words = ("view", "pattern:320x240@30", *SIMULATED, "--record", str(clip), "--lang", "zh_CN")
    window = subprocess.Popen(
        [str(installed.script), *words],
        cwd="/",
        env=dict(installed.variables),
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    with window:
        # The recording begins when the window shows its first picture.
        while not clip.exists() and window.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                window.wait(0.2)
        window.send_signal(signal.SIGTERM)
        _, told = window.communicate(timeout=60)
    assert window.returncode == 0, told
    with av.open(str(clip)) as container:
        assert container.streams.video[0].codec_context.width == 320
        assert sum(1 for _ in container.decode(video=0)) > 0


def test_doctor_finds_nothing_missing(installed: Installed) -> None:
    rows = json.loads(installed.call("doctor", "--json"))
    told = {row["check"]: (row["state"], row["detail"]) for row in rows}
    assert told["model"][0] == told["source"][0] == "ok"
    models = installed.home / ".local/share/rkvideo/models"
    assert told["models folder"][1].startswith(f"{models}:")
    assert "checkout models" not in told


def test_the_service_starts_a_program_that_is_there(installed: Installed) -> None:
    unit = installed.call("service", "install", "0", "--print")
    (start,) = (line for line in unit.splitlines() if line.startswith("ExecStart="))
    program = start.partition('"')[2].partition('"')[0]
    assert program == str(installed.script)
    assert installed.run([program, "--version"]) == f"rkvideo {__version__}\n"


def test_python_has_the_api(installed: Installed) -> None:
    lines = (
        "from rkvideo import Detector, open_run",
        "import numpy as np",
        "with Detector('yolo11n@320') as detector:",
        "    print(len(detector(np.zeros((90, 160, 3), np.uint8))))",
        f"with open_run({PATTERN!r}, backend='simulated') as run:",
        "    print([result.frame.index for result in run] == list(range(60)))",
    )
    python = str(installed.environment / "bin/python")
    assert installed.run([python, "-c", "\n".join(lines)]) == "0\nTrue\n"


def test_the_menu_entry_starts_a_program_that_is_there(installed: Installed) -> None:
    installed.call("desktop", "install")
    entry = installed.home / ".local/share/applications/rkvideo.desktop"
    assert f'Exec="{installed.script}" view %f\n' in entry.read_text(encoding="utf-8")
    installed.call("desktop", "remove")
    assert not entry.exists()


def test_help_speaks_of_the_program_as_it_is_called(installed: Installed) -> None:
    assert "  rkvideo bench clip.mp4 --models" in installed.call("help", "bench")
    assert "_shtab_rkvideo" in installed.call("completion", "bash")


def test_the_types_are_there_for_others(installed: Installed) -> None:
    where = "import importlib.resources as r; print((r.files('rkvideo') / 'py.typed').is_file())"
    assert installed.run([str(installed.environment / "bin/python"), "-c", where]) == "True\n"
