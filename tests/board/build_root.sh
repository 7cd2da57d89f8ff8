#!/usr/bin/env bash
# build_root.sh ROOT: makes an emulated board in the folder ROOT, or brings the one there up to
# date: Debian 12 for arm64, a copy of this project, and what ./run.sh installs on a board. The
# NPU's runtime library and the device tree are played. For root on an x86_64 Debian or Ubuntu.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$(cd "$here/../.." && pwd)
root=${1:?usage: build_root.sh ROOT}
# The checkout of a board without a video unit, and that of one with it.
copy=$root/root/rkvideo
with_unit=$root/root/rkvideo-rkmpp
# Where qemu looks first for every file that the emulated program opens.
played=$root/etc/qemu-binfmt/aarch64
. "$project/setup.sh"

[ "$(id -u)" = 0 ] || { say "the emulated board needs root: sudo $0 $root"; exit 1; }

emulate_arm64() {
    local registry=/proc/sys/fs/binfmt_misc
    [ -e "$registry/register" ] || mount -t binfmt_misc binfmt_misc "$registry"
    [ -e "$registry/qemu-aarch64" ] || update-binfmts --enable qemu-aarch64
}

make_base() {
    [ ! -e "$root/base-is-made" ] || return 0
    say "making a Debian 12 for arm64 in $root"
    debootstrap --arch=arm64 --variant=minbase --include=ca-certificates,python3 \
        bookworm "$root" http://deb.debian.org/debian
    # Nobody needs this root after a power cut, nor reads in it, and nothing in it shall start a
    # service.
    printf '%s\n' force-unsafe-io path-exclude=/usr/share/{doc,man,locale}/\* \
        >"$root/etc/dpkg/dpkg.cfg.d/small-and-quick"
    printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
    chmod +x "$root/usr/sbin/policy-rc.d"
    touch "$root/base-is-made"
}

# The way to the package registries is this machine's.
copy_network() {
    cp -L /etc/resolv.conf "$root/etc/resolv.conf"
    cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
    [ ! -e /etc/pip.conf ] || cp /etc/pip.conf "$root/etc/pip.conf"
}

# copy_project CHECKOUT: the files as they are now, committed or not; the venv and the models in the
# root stay.
copy_project() {
    local copy=$1
    mkdir -p "$copy"
    find "$copy" -mindepth 1 -maxdepth 1 ! -name .venv ! -name models -exec rm -rf {} +
    git -C "$project" ls-files -z --cached --others --exclude-standard |
        tar -C "$project" --null --files-from=- --ignore-failed-read -c | tar -C "$copy" -x
}

# The PC's own text makes onnxruntime for arm64 crash when it is imported.
play_cpuinfo() {
    local number
    for ((number = 0; number < $(nproc); number++)); do
        printf '%s\t: %s\n' processor "$number" BogoMIPS 48.00 \
            Features "fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics fphp asimdhp cpuid asimddp" \
            "CPU implementer" 0x41 "CPU architecture" 8 "CPU variant" 0x4 \
            "CPU part" 0xd0b "CPU revision" 0
        echo
    done
}

# play_library RELEASE CONTAINER FILE [FLAG]: the runtime library of a release, which reads .rknn
# files up to the format CONTAINER; FLAG is one more for the compiler.
play_library() {
    aarch64-linux-gnu-gcc -std=gnu11 -O2 -Wall -Wextra -Werror -shared -fPIC -pthread \
        "-DRELEASE=\"$1\"" "-DKNOWN_CONTAINER=$2" "${@:4}" -o "$root$3" \
        "$here"/librknnrt_stand_in.c "$here"/played_{log,memory,network,weights}.c -lm
}

play_npu() {
    play_library 2.3.2 6 /usr/lib/librknnrt.so
    play_library 1.4.0 5 /opt/librknnrt-1.4.0.so
    play_library 1.5.0 6 /opt/librknnrt-without-dup.so -DWITHOUT_DUP
    mkdir -p "$played/proc/device-tree"
    printf 'radxa,rock-5b\0rockchip,rk3588\0' >"$played/proc/device-tree/compatible"
    play_cpuinfo >"$played/proc/cpuinfo"
}

# The library of the video unit, which a test loads before that of the wheel.
play_video_unit() {
    aarch64-linux-gnu-gcc -std=gnu11 -O2 -Wall -Wextra -Werror -shared -fPIC -pthread \
        -o "$root/opt/librockchip_mpp.so" "$here"/librockchip_mpp_stand_in.c \
        "$here"/played_{bitstream,buffers,frames,log,pictures}.c
}

# A test puts it in the place of that of the wheel.
play_rga() {
    aarch64-linux-gnu-gcc -std=gnu11 -O2 -Wall -Wextra -Werror -shared -fPIC -pthread \
        -o "$root/opt/librga.so" "$here"/librga_stand_in.c "$here"/played_log.c
}

# in_root.sh shows them in /dev.
play_devices() {
    local dri=$root/devices/dri
    grep -q '^render:' "$root/etc/group" || echo 'render:x:105:' >>"$root/etc/group"
    mkdir -p "$dri/by-path"
    touch "$dri/renderD128" "$dri/renderD129"
    chgrp 105 "$dri"/renderD*
    chmod 660 "$dri"/renderD*
    ln -sf ../renderD129 "$dri/by-path/platform-fdab0000.npu-render"
    # Another user than root starts the program too.
    chmod 755 "$root/root"
}

need_packages debootstrap qemu-user-static binfmt-support gcc-aarch64-linux-gnu libc6-dev-arm64-cross
emulate_arm64
make_base
copy_network
copy_project "$copy"
play_npu
play_video_unit
play_rga
play_devices
# Compiling what is never imported takes minutes here. (pip wants 0 for an option that says no.)
PIP_NO_COMPILE=0 "$here/in_root.sh" "$root" rkvideo/run.sh models list
# What the start changes there is the PyAV; the rest of the venv is that of the first one.
copy_project "$with_unit"
cp -aln "$copy/models/." "$with_unit/models/"
if [ ! -d "$with_unit/.venv" ]; then
    cp -al "$copy/.venv" "$with_unit/.venv"
    for written in installed-from requirements.txt; do
        cp --remove-destination "$copy/.venv/$written" "$with_unit/.venv/$written"
    done
fi
BOARD_VIDEO_UNIT=1 PIP_NO_COMPILE=0 "$here/in_root.sh" "$root" rkvideo-rkmpp/run.sh models list
