# shellcheck shell=bash
# Shared by run.sh and test.sh: finds a Python, installs system packages, fills a venv.
# Sourced, not run. What it says goes to stderr, as does what apt and pip say.

QT_PACKAGES=(
    libgl1 libegl1 libglib2.0-0 libdbus-1-3 libfontconfig1 libfreetype6 fonts-dejavu-core
    fonts-wqy-microhei libx11-6 libx11-xcb1 libxcb1 libxcb-icccm4 libxcb-image0 libxcb-keysyms1
    libxcb-randr0 libxcb-render0 libxcb-render-util0 libxcb-shape0 libxcb-shm0 libxcb-sync1
    libxcb-xfixes0 libxcb-xinerama0 libxcb-xkb1 libxkbcommon0 libxkbcommon-x11-0
)
[ "$(uname -m)" != aarch64 ] || QT_PACKAGES+=(python3-pyqt5 qttranslations5-l10n)

FIRST_PYTHON=10
LAST_PYTHON=13
# The last for which Rockchip has a wheel.
LAST_BOARD_PYTHON=12

say() { printf 'rkvideo: %s\n' "$*" >&2; }

is_board() { [ "$(uname -m)" = aarch64 ]; }

# The PyAV of this machine: where there is a video unit the one whose FFmpeg uses it. Both are `av`
# to Python, so a venv holds one of them.
pyav() {
    if is_board && [ -e /dev/mpp_service ]; then echo pyav-rkmpp; else echo av; fi
}

# requirements_here FILE: prints these requirements with the PyAV of this machine.
requirements_here() {
    awk -v pyav="$(pyav)" '
        pyav != "av" && /^av[<>=]/ { print pyav ">=18.1,<19"; next }
        { print }' "$1"
}

# install_pyav VENV CONSTRAINTS: puts the PyAV of this machine in the place of the other one, where
# that is in VENV. What both brought goes with the one that is taken out.
install_pyav() {
    local wanted other=av
    wanted=$(pyav)
    [ "$wanted" != av ] || other=pyav-rkmpp
    "$1/bin/python" -m pip show --quiet "$other" 2>/dev/null || return 0
    say "this machine is served by $wanted in place of $other"
    "$1/bin/python" -m pip uninstall --yes "$other" >&2
    install_python "$1" --force-reinstall --no-deps -c "$2" "$wanted"
}

# is_installed VENV FILE ...: true where VENV was filled from these files as they are now; `-` is
# standard input.
is_installed() {
    local venv=$1
    shift
    [ -x "$venv/bin/python" ] && cat "$@" | cmp -s - "$venv/installed-from"
}

# remember_installed VENV FILE ...: what is_installed will find.
remember_installed() {
    local venv=$1
    shift
    cat "$@" >"$venv/installed-from"
}

python_version() {
    "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null
}

# find_python: prints a Python that is served. The PyQt5 of the distribution belongs to the
# distribution's Python, so a board uses that one.
find_python() {
    local candidate version last=$LAST_PYTHON
    local candidates=(python3 python3.13 python3.12 python3.11 python3.10 /usr/bin/python3)
    [ -z "${PYTHON:-}" ] || candidates=("$PYTHON")
    ! is_board || { last=$LAST_BOARD_PYTHON candidates=(/usr/bin/python3); }
    for candidate in "${candidates[@]}"; do
        version=$(python_version "$candidate") || continue
        if [ "${version%%.*}" = 3 ] && [ "${version#3.}" -ge "$FIRST_PYTHON" ] &&
            [ "${version#3.}" -le "$last" ]; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    return 1
}

# is_without_python: true where the distribution's Python is what is missing, and none other.
is_without_python() {
    is_board && { [ ! -x /usr/bin/python3 ]; return; }
    [ -z "${PYTHON:-}" ] && ! command -v python3 >/dev/null
}

# tell_python: why find_python found none, and what to do.
tell_python() {
    local found=${PYTHON:-python3} version
    ! is_board || found=/usr/bin/python3
    version=$(python_version "$found") || version=
    if is_board && [ -n "$version" ]; then
        say "Python $version is not served on a board: Rockchip's rknn-toolkit-lite2 has wheels for" \
            "3.$FIRST_PYTHON to 3.$LAST_BOARD_PYTHON; use an image of Debian 12, Ubuntu 22.04 or" \
            "24.04 (docs/board.md)"
        return
    fi
    say "no Python 3.$FIRST_PYTHON to 3.$LAST_PYTHON here ($found is ${version:-not there}):" \
        "install one (apt-get install python3 python3-venv) or name it:" \
        "PYTHON=/path/to/python3.12 ${RKVIDEO_PROG:-./run.sh}"
}

# venv_package PYTHON: prints the package that this Python lacks to make a venv, if it lacks one.
venv_package() {
    "$1" -c 'import ensurepip' 2>/dev/null || printf 'python%s-venv\n' "$(python_version "$1")"
}

# missing_packages NAME ...: prints those that are not installed, nor any that stands for them, as
# libglib2.0-0t64 of Debian 13 does for libglib2.0-0.
missing_packages() {
    local installed name
    installed=$(
        # shellcheck disable=SC2016  # the braces are dpkg's
        dpkg-query -W -f '${db:Status-Status}|${Architecture}|${Package}, ${Provides}\n' |
            awk -F '|' -v native="$(dpkg --print-architecture)" '
                $1 == "installed" && ($2 == native || $2 == "all") {
                    gsub(/ *\([^)]*\)/, "", $3)
                    count = split($3, names, / *, */)
                    for (i = 1; i <= count; i++) if (names[i] != "") print names[i]
                }'
    )
    for name in "$@"; do
        grep -qxF -e "$name" <<<"$installed" || printf '%s\n' "$name"
    done
}

# need_packages NAME ...: install those of the distribution's packages that are missing. Where
# that is not possible it is said, and the start goes on: not everything needs them.
# is_root_asked_for is not empty then.
is_root_asked_for=
# shellcheck disable=SC2034  # run.sh reads it
need_packages() {
    local missing as_root=() install
    command -v dpkg-query >/dev/null || {
        is_root_asked_for=1
        say "no apt here: install the like of: $*"
        return 0
    }
    mapfile -t missing < <(missing_packages "$@")
    [ ${#missing[@]} -gt 0 ] || return 0
    install="apt-get install -y --no-install-recommends ${missing[*]}"
    if [ "$(id -u)" != 0 ]; then
        as_root=(sudo)
        # Without a terminal nobody could type a password.
        if ! command -v sudo >/dev/null || { [ ! -t 0 ] && ! sudo -n true 2>/dev/null; }; then
            say "the system lacks packages that only root can install; as root run:" \
                "apt-get update && $install"
            is_root_asked_for=1
            return 0
        fi
        say "sudo is asked for to install packages of the system: ${missing[*]}"
    else
        say "installing packages of the system: ${missing[*]}"
    fi
    { "${as_root[@]}" apt-get update &&
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 \
            install -y --no-install-recommends "${missing[@]}"; } >&2 || {
        is_root_asked_for=1
        say "that failed (see above); as root run: apt-get update && $install"
    }
}

# make_venv DIR [PYTHON]: a venv with pip in it, unless it is there.
make_venv() {
    local python=${2:-} options=()
    # On a board PyQt5 comes from the distribution: there is no aarch64 wheel of it.
    ! is_board || options=(--system-site-packages)
    [ ! -d "$1" ] || "$1/bin/python" -c 'import pip' 2>/dev/null || rm -rf "$1"
    [ ! -d "$1" ] || return 0
    [ -n "$python" ] || python=$(find_python) || { tell_python; return 1; }
    say "making $1 with $("$python" --version)"
    "$python" -m venv "${options[@]}" "$1" >&2 || {
        rm -rf "$1"
        say "no venv could be made in $1; as root run: apt-get install -y" \
            "python$(python_version "$python")-venv"
        return 1
    }
}

# has_network VENV: true where pip reaches its index, asked once for a package of 10 kB.
has_network() {
    local folder answer=0
    folder=$(mktemp -d)
    "$1/bin/python" -m pip download --quiet --disable-pip-version-check --no-deps --no-cache-dir \
        --retries 0 --timeout 15 --dest "$folder" tomli-w >"$folder/said" 2>&1 || answer=1
    rm -r "$folder"
    return $answer
}

# install_python VENV PIP-ARGUMENT ...: install into VENV.
install_python() {
    local venv=$1
    shift
    say "installing Python packages into $venv"
    "$venv/bin/python" -m pip install --disable-pip-version-check "$@" >&2 || {
        if has_network "$venv"; then
            say "the packages could not be installed: see above; what was fetched is kept"
        else
            say "no network any more: start again with one; what was fetched is kept"
        fi
        return 1
    }
}

# misfits VENV REQUIREMENTS: prints the packages of the file that VENV lacks ("NAME") or has in
# another version than asked for ("NAME VERSION"), a line each. A PyAV stands for the other one.
misfits() {
    "$1/bin/python" - "$2" <<'PYTHON'
import importlib.metadata
import sys
from pathlib import Path

from pip._vendor.packaging.requirements import Requirement

other = {"av": "pyav-rkmpp", "pyav-rkmpp": "av"}


def version_of(name):
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines():
    if not line.strip() or line.startswith("#"):
        continue
    wanted = Requirement(line)
    if wanted.marker is not None and not wanted.marker.evaluate():
        continue
    version = version_of(wanted.name)
    if version is None and (stands := version_of(other.get(wanted.name, wanted.name))):
        print(other[wanted.name], stands)
    elif version is None:
        print(wanted.name)
    elif version not in wanted.specifier:
        print(wanted.name, version)
PYTHON
}
