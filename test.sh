#!/usr/bin/env bash
# Installs what the tests need and runs every check. Arguments go to pytest, but for
#   --fuzz N   N broken inputs of each kind for the readers (the suite feeds them 300)
#   --quick    lint, types, import contracts and the tests that open nothing: under a minute, and
#              without packages of the system
#   --convert  a real conversion with Rockchip's toolkit (a venv of 1.5 GB is made for it)
#   --board    Rockchip's real wheel on an emulated arm64 Debian, over a played NPU (as root).
#              BOARD_ROOT is where it is made, BOARD_RKNN a .rknn file of yolo11n that `main.py
#              convert` made here, which is then used where else a stand-in for one is.
#   --kiosk    the kiosk under a systemd that is PID 1 in namespaces of its own (as root; 4 minutes)
#   --roots    a newcomer's walk on a bare Debian 12 and 13 (as root; 4 GB below ROOTS, 20 minutes)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ./setup.sh

venv=.venv-test
# Rooms without threads, windows, videos or processes, but for two files that need more.
quick_tests=(tests/detection tests/evaluation tests/files tests/machine tests/model_files
    tests/models tests/documents tests/doctor tests/test_stats.py tests/pipeline/test_channels.py
    tests/sources/test_names.py tests/sources/test_timeline.py
    --ignore tests/detection/test_reference.py --ignore tests/models/test_fetch.py)
packages=("${QT_PACKAGES[@]}" zsh desktop-file-utils xvfb xdotool python3-gi gir1.2-gst-rtsp-server-1.0
    gstreamer1.0-rtsp gstreamer1.0-plugins-base gstreamer1.0-plugins-good
    gstreamer1.0-plugins-ugly gstreamer1.0-libav x11-xserver-utils dbus systemd
    libgl1-mesa-dri libegl-mesa0 libgles2 chromium gcc libc6-dev)
[ "${1:-}" = --quick ] || need_packages "${packages[@]}"
if ! is_installed "$venv" requirements.txt constraints.txt pyproject.toml; then
    make_venv "$venv"
    install_python "$venv" --editable '.[dev]' -c constraints.txt
    remember_installed "$venv" requirements.txt constraints.txt pyproject.toml
fi
python=$venv/bin/python
if [ "${1:-}" = --convert ]; then
    exec "$python" -m pytest --timeout 1800 -o faulthandler_timeout=0 tests/convert/toolkit_check.py
fi
if [ "${1:-}" = --fuzz ]; then
    export RKVIDEO_FUZZ=${2:?give a number, such as 10000}
    exec "$python" -m pytest --timeout $((RKVIDEO_FUZZ + 100)) tests/fuzz "${@:3}" -s
fi
if [ "${1:-}" = --board ]; then
    shift
    need_packages debootstrap qemu-user-static binfmt-support gcc-aarch64-linux-gnu
    export BOARD_ROOT=${BOARD_ROOT:-/var/tmp/rkvideo-board}
    "$python" main.py models fetch yolo11n bikes
    tests/board/build_root.sh "$BOARD_ROOT"
    exec "$python" -m pytest --timeout 600 tests/board "$@"
fi
if [ "${1:-}" = --kiosk ]; then
    shift
    need_packages libpam-systemd
    "$python" main.py models fetch yolo11n bikes
    exec "$python" -m pytest --timeout 600 -o faulthandler_timeout=0 tests/booted "$@"
fi
if [ "${1:-}" = --roots ]; then
    shift
    need_packages debootstrap
    exec "$python" -m pytest --timeout 1800 -o faulthandler_timeout=0 -s tests/roots "$@"
fi
"$python" main.py models fetch --all

"$python" -m ruff check .
"$python" -m ruff format --check .
"$python" -m mypy
PYTHONPATH=. "$venv/bin/lint-imports"
if [ "${1:-}" = --quick ]; then
    shift
    exec "$python" -m pytest -q -p no:pytest-qt -m 'not system' "${quick_tests[@]}" "$@"
fi
# Most of the time is waiting: a worker for each core. A file stays with its worker, and the machine
# is shared by no more than that, since some tests compare what is told with the real time. What is
# long begins first (tests/conftest.py), which xdist is not to put into another order. A worker that
# dies is not replaced: the one that came for it would get no tests, and the run would never end.
exec "$python" -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder \
    --max-worker-restart=0 "$@"
