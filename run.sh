#!/usr/bin/env bash
# Starts rkvideo; the first time it installs what is missing. Arguments go to main.py.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ./setup.sh

venv=.venv
if ! is_installed "$venv" requirements.txt; then
    need_packages "${QT_PACKAGES[@]}"
    make_venv "$venv"
    install_python "$venv" -r requirements.txt
    remember_installed "$venv" requirements.txt
    "$venv/bin/python" main.py models fetch yolo11n bikes ||
        say "the model or the clip could not be fetched; pattern: sources with --backend simulated work"
fi
exec "$venv/bin/python" main.py "$@"
