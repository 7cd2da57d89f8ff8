# shellcheck shell=bash
# Shared by run.sh and test.sh: finds a Python, installs system packages, fills a venv.
# Sourced, not run.

QT_PACKAGES=(
    libgl1 libegl1 libglib2.0-0 libdbus-1-3 libfontconfig1 fonts-dejavu-core fonts-wqy-microhei
    libxkbcommon-x11-0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0
    libxcb-render-util0 libxcb-shape0 libxcb-xinerama0 libxcb-xkb1
)
[ "$(uname -m)" != aarch64 ] || QT_PACKAGES+=(python3-pyqt5 qttranslations5-l10n)

say() { printf 'rkvideo: %s\n' "$*" >&2; }

# is_installed VENV FILE ...: true where VENV was filled from these files as they are now.
is_installed() {
    local venv=$1
    shift
    [ -x "$venv/bin/python" ] && cat "$@" | cmp -s - "$venv/installed-from"
}

# The PyQt5 of the distribution belongs to the distribution's Python, so a board uses that one.
find_python() {
    local candidate candidates=("${PYTHON:-python3}" python3.12 python3.11 python3.10 /usr/bin/python3)
    [ "$(uname -m)" != aarch64 ] || candidates=(/usr/bin/python3)
    for candidate in "${candidates[@]}"; do
        if "$candidate" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 12))' \
            2>/dev/null; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    say "no Python 3.10, 3.11 or 3.12 here: install one (apt-get install python3 python3-venv)" \
        "or name it: PYTHON=/path/to/python3.11 ./run.sh"
    return 1
}

# need_packages NAME ...: install those of the distribution's packages that are missing.
need_packages() {
    local missing=() name line as_root=()
    command -v dpkg-query >/dev/null || { say "no apt here: install the like of: $*"; return 0; }
    for name in "$@"; do
        dpkg-query -W -f='${Status}\n' "$name" 2>/dev/null | grep -q '^install ok installed' ||
            missing+=("$name")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    [ "$(id -u)" = 0 ] || as_root=(sudo)
    line="${as_root[*]:+sudo }apt-get install -y --no-install-recommends ${missing[*]}"
    say "installing system packages: ${missing[*]}"
    if [ ${#as_root[@]} -gt 0 ] && ! command -v sudo >/dev/null; then
        say "no sudo here; as root run: apt-get update && ${line#sudo }"
        return 0
    fi
    { "${as_root[@]}" apt-get update -qq &&
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null; } ||
        say "that failed; run it by hand: ${as_root[*]:+sudo }apt-get update && $line"
}

# make_venv DIR: a venv with pip in it.
make_venv() {
    local python options=()
    python=$(find_python)
    # On a board PyQt5 comes from the distribution: there is no aarch64 wheel of it.
    [ "$(uname -m)" != aarch64 ] || options=(--system-site-packages)
    [ ! -d "$1" ] || "$1/bin/python" -c 'import pip' 2>/dev/null || rm -rf "$1"
    [ ! -d "$1" ] || return 0
    "$python" -c 'import ensurepip' 2>/dev/null ||
        need_packages "python$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
    say "making $1 with $("$python" --version)"
    "$python" -m venv "${options[@]}" "$1" || {
        rm -rf "$1"
        say "no venv could be made; run: sudo apt-get install -y python3-venv"
        return 1
    }
}

# install_python VENV PIP-ARGUMENT ...: install into VENV.
install_python() {
    local venv=$1
    shift
    say "installing Python packages into $venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "$@" || {
        say "the packages could not be installed; check the network and start again"
        return 1
    }
}

# remember_installed VENV FILE ...: what is_installed will find.
remember_installed() {
    local venv=$1
    shift
    cat "$@" >"$venv/installed-from"
}
