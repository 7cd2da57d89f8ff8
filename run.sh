#!/usr/bin/env bash
# Starts rkvideo, in the folder that it is called from; the first time it installs what is missing.
# Arguments go to main.py. Works through a link, and from a checkout that may not be written.
set -euo pipefail
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
. "$here/setup.sh"

# as_typed WORD: a program as the user typed it, fit for a shell.
as_typed() {
    local name=${1##*/}
    case $1 in
    "$(command -v -- "$name" || true)") printf '%s' "$name" ;;
    "${HOME:-/nowhere}"/*) printf '%s/%q' '~' "${1#"$HOME"/}" ;;
    */*) printf '%q' "$1" ;;
    *) printf './%q' "$1" ;;
    esac
}

RKVIDEO_PROG=$(as_typed "$0")
export RKVIDEO_PROG

venv=$here/.venv

# What a venv is filled from, as one text.
wanted() {
    requirements_here "$here/requirements.txt"
    cat "$here/constraints.txt"
}

is_up_to_date() { is_installed "$venv" - < <(wanted); }

# Whose checkout it is fills its .venv; another user, root too, uses that or has one of his own.
may_fill_venv() {
    if [ -e "$venv" ]; then [ -O "$venv" ]; else [ -w "$here" ]; fi
}

own_venv() {
    local number
    number=$(cksum <<<"$here")
    printf '%s/rkvideo/venv-%s\n' "${XDG_CACHE_HOME:-${HOME:?is not set}/.cache}" "${number%% *}"
}

# lacks_nothing WHY: true where all packages are there, though perhaps in other versions than asked
# for now; says WHY the start goes on with them. `absent` names those that are not there.
absent=
lacks_nothing() {
    local found
    [ -e "$venv/installed-from" ] && found=$(misfits "$venv" <(requirements_here "$here/requirements.txt")) || return 1
    absent=$(grep -v ' ' <<<"$found" | paste -sd ' ') || absent=
    [ -z "$absent" ] || return 1
    say "$1: going on with the packages that are there, though requirements have changed" \
        "${found:+($(paste -sd ',' <<<"$found"))}"
}

make_first_venv() {
    local python packages=(python3 python3-venv "${QT_PACKAGES[@]}")
    if python=$(find_python); then
        mapfile -t packages < <(venv_package "$python")
        [ ${#packages[@]} = 0 ] || packages+=("${QT_PACKAGES[@]}")
    elif is_without_python; then
        need_packages "${packages[@]}"
        python=$(find_python) || { [ -n "$is_root_asked_for" ] || tell_python; exit 1; }
        packages=()
    else
        tell_python
        exit 1
    fi
    say "this start installs what rkvideo needs: about 240 MB are fetched, 700 MB of disk are used," \
        "a minute or two; later starts need neither this nor a network"
    [ ${#packages[@]} = 0 ] || need_packages "${packages[@]}"
    make_venv "$venv" "$python"
}

install() {
    local is_first=
    if [ ! -e "$venv/installed-from" ]; then
        is_first=1
        make_first_venv
    fi
    if ! has_network "$venv"; then
        ! lacks_nothing "no network" || return 0
        say "no network: pip does not reach its package index, and this start needs" \
            "${absent:-the packages of requirements.txt}"
        exit 1
    fi
    [ -z "$is_first" ] || need_packages "${QT_PACKAGES[@]}"
    requirements_here "$here/requirements.txt" >"$venv/requirements.txt"
    install_pyav "$venv" "$here/constraints.txt" || exit 1
    install_python "$venv" -r "$venv/requirements.txt" -c "$here/constraints.txt" || exit 1
    remember_installed "$venv" - < <(wanted)
    "$venv/bin/python" "$here/main.py" models fetch yolo11n bikes >&2 ||
        say "the model or the clip could not be fetched; pattern: sources with --backend simulated work"
}

# Two starts at once, such as a kiosk's and a user's, fill a venv one after the other.
install_alone() {
    mkdir -p "$(dirname "$venv")" 2>/dev/null || {
        say "no place for what rkvideo needs: neither $here nor $(dirname "$venv") may be written;" \
            "name a folder: XDG_CACHE_HOME=/some/folder $RKVIDEO_PROG"
        exit 1
    }
    if command -v flock >/dev/null; then
        exec 9<"$(dirname "$venv")"
        flock -n 9 || { say "another start is installing: waiting for it"; flock 9; }
    fi
    is_up_to_date || install
    exec 9<&-
}

if ! is_up_to_date; then
    if may_fill_venv; then
        install_alone
    elif ! { [ -x "$venv/bin/python" ] && lacks_nothing "$venv belongs to another user"; }; then
        venv=$(own_venv)
        is_up_to_date || install_alone
    fi
fi
# AP needs one small package more; `eval` counts without it too.
if [ "${1:-}" = eval ] && ! "$venv/bin/python" -c 'import faster_coco_eval' 2>/dev/null; then
    install_python "$venv" -c "$here/constraints.txt" faster-coco-eval ||
        say "going on without faster-coco-eval: no AP"
fi
exec "$venv/bin/python" "$here/main.py" "$@"
