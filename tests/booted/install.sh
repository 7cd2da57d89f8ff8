#!/usr/bin/env bash
# install.sh PYTHON PACKAGES: on the machine that boot.sh has booted: makes the user kim, who has a
# checkout of this project with what the tests have installed: a venv of PYTHON that finds PACKAGES.
set -euo pipefail
project=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
home=/home/kim
copy=$home/rkvideo

useradd --create-home --shell /bin/bash kim
mkdir "$copy"
git -C "$project" -c safe.directory="$project" ls-files -z --cached --others --exclude-standard |
    tar -C "$project" --null --files-from=- --ignore-failed-read -c | tar -C "$copy" -x
mkdir -p "$copy/models/clips"
for file in yolo11n.onnx clips/bikes.mp4; do
    cp "$project/models/$file" "$copy/models/$file"
done
"$1" -m venv --without-pip "$copy/.venv"
echo "$2" >"$(echo "$copy"/.venv/lib/python3*/site-packages)/those-of-the-tests.pth"
. "$copy/setup.sh"
{ requirements_here "$copy/requirements.txt"; cat "$copy/constraints.txt"; } >"$copy/.venv/installed-from"
chown -R kim: "$home"
# What lies in the home of root, the others may pass on the way to.
for folder in "$(dirname "$(realpath "$1")")" "$2"; do
    while [ "$folder" != / ]; do
        chmod o+x "$folder" || true
        folder=$(dirname "$folder")
    done
done
