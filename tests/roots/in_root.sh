#!/usr/bin/env bash
# in_root.sh ROOT USER COMMAND ...: runs a command in a root, as a user of it, in his home folder.
# The mounts it needs end with it. What names package registries, proxies and certificates comes
# from this environment, and what Qt and a display are told; nothing else does.
set -euo pipefail

kept=()
while IFS='=' read -r name value; do
    case $name in
        PIP_* | SSL_CERT_FILE | [Hh][Tt][Tt][Pp]*_[Pp][Rr][Oo][Xx][Yy] | no_proxy | NO_PROXY | \
            QT_QPA_PLATFORM | DISPLAY) kept+=("$name=$value") ;;
    esac
done < <(env)

# Without a network where NO_NETWORK is set.
apart=(unshare --mount --pid --fork --kill-child)
[ -z "${NO_NETWORK:-}" ] || apart+=(--net)

# shellcheck disable=SC2016
exec "${apart[@]}" bash -euc '
    root=$1 user=$2
    shift 2
    mount -t proc proc "$root/proc"
    mount -t tmpfs -o mode=755 dev "$root/dev"
    for node in null zero full random urandom tty; do
        : >"$root/dev/$node"
        mount --bind "/dev/$node" "$root/dev/$node"
    done
    mkdir -m 1777 "$root/dev/shm" "$root/dev/pts"
    mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
    ln -s pts/ptmx "$root/dev/ptmx"
    ln -s /proc/self/fd "$root/dev/fd"
    home=$(awk -F : -v user="$user" "\$1 == user { print \$6 }" "$root/etc/passwd")
    exec chroot --userspec="$user" "$root" env -i --chdir="$home" HOME="$home" USER="$user" "$@"
' in_root "$1" "$2" LANG=C.UTF-8 TERM=dumb PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin \
    "${kept[@]}" "${@:3}"
