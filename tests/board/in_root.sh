#!/usr/bin/env bash
# in_root.sh ROOT COMMAND ...: runs a command in the emulated board, in its home folder.
# The mounts it needs end with it; /dev holds the devices that a board has. What names package
# registries, proxies and certificates, and what the stand-in and Qt read, comes from this
# environment; nothing else does. With BOARD_VIDEO_UNIT it has the devices of a video unit too, of
# which none answers.
set -euo pipefail

kept=()
while IFS='=' read -r name value; do
    case $name in
        PIP_* | SSL_CERT_FILE | [Hh][Tt][Tt][Pp]*_[Pp][Rr][Oo][Xx][Yy] | no_proxy | NO_PROXY | \
            STAND_IN_* | QT_QPA_PLATFORM) kept+=("$name=$value") ;;
    esac
done < <(env)

# shellcheck disable=SC2016
exec unshare --mount bash -euc '
    root=$1
    shift
    mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
    mountpoint -q "$root/sys" || mount -t sysfs -o ro sysfs "$root/sys"
    mount -t tmpfs -o mode=755 dev "$root/dev"
    for node in null zero full random urandom tty; do
        : >"$root/dev/$node"
        mount --bind "/dev/$node" "$root/dev/$node"
    done
    mkdir -m 1777 "$root/dev/shm" "$root/dev/pts"
    mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
    ln -s pts/ptmx "$root/dev/ptmx"
    ln -s /proc/self/fd "$root/dev/fd"
    cp -a "$root/devices/." "$root/dev/"
    if [ -n "${BOARD_VIDEO_UNIT:-}" ]; then
        mkdir "$root/dev/dma_heap"
        touch "$root/dev/mpp_service" "$root/dev/rga" "$root/dev/dma_heap/system"
    fi
    exec chroot "$root" env -i --chdir=/root "$@"
' in_root "$1" HOME=/root LANG=C.UTF-8 TERM=dumb QEMU_CPU=cortex-a76 \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "${kept[@]}" "${@:2}"
