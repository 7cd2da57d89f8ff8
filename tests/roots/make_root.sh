#!/usr/bin/env bash
# make_root.sh ROOT SUITE: a bare Debian (bookworm is 12, trixie is 13) in the folder ROOT, unless
# it is there, with two users: `guest`, who is not known to sudo, and `admin`, who is. For root.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=${1:?usage: make_root.sh ROOT SUITE}
suite=${2:?usage: make_root.sh ROOT SUITE}
. "$here/../../setup.sh"

[ "$(id -u)" = 0 ] || { say "a root is made by root: sudo $0 $root $suite"; exit 1; }

if [ ! -e "$root/base-is-made" ]; then
    say "making a bare Debian ($suite) in $root: 400 MB, some minutes"
    debootstrap --variant=minbase --include=ca-certificates,git,sudo "$suite" "$root" \
        http://deb.debian.org/debian >&2
    # Nobody needs this root after a power cut, and nothing in it shall start a service.
    echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/quick"
    printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
    chmod +x "$root/usr/sbin/policy-rc.d"
    for user in guest admin; do
        chroot "$root" useradd --create-home --shell /bin/bash "$user"
    done
    # A test cannot type a password.
    echo 'admin ALL=(ALL) NOPASSWD: ALL' >"$root/etc/sudoers.d/admin"
    touch "$root/base-is-made"
fi
printf '127.0.0.1 localhost %s\n' "$(hostname)" >"$root/etc/hosts"
# The way to the package registries is this machine's.
cp -L /etc/resolv.conf "$root/etc/resolv.conf"
cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
[ ! -e /etc/pip.conf ] || cp /etc/pip.conf "$root/etc/pip.conf"
