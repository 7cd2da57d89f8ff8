#!/usr/bin/env bash
# Makes the pictures of the README: the real window on a virtual screen, with the demo clip.
# Needs Xvfb, xdotool and ImageMagick: apt-get install xvfb xdotool imagemagick
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

python=${PYTHON:-.venv/bin/python}
exec {ready}< <(Xvfb -displayfd 1 -screen 0 1280x720x24 2>/dev/null & echo "pid $!"; wait)
read -r _ server <&"$ready"
read -r display <&"$ready"
export DISPLAY=:$display
trap 'kill "$server"' EXIT

"$python" main.py view demo --fullscreen --loop &
window=$!
xdotool search --sync --onlyvisible --name '^rkvideo - .*yolo11n' >/dev/null
sleep "${SECONDS_IN:-5.4}"
import -window root docs/pictures/window.png
xdotool key q
wait "$window"
