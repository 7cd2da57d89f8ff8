#!/usr/bin/env bash
# boot.sh FOLDER TTY SHOWN ...: boots systemd as PID 1 on a copy of this machine's root, in namespaces
# of its own: no file of this machine is changed, and no process or network of it is seen. FOLDER is
# where the copy lies, TTY the terminal that is its tty1, SHOWN a folder that it has wherever that
# lies. It prints the process ID of each systemd that it boots, which tells the socket FOLDER/notify
# when it is up; a reboot boots another one. It ends when that is switched off or killed, and so does
# all that it made. For root.
set -euo pipefail

# A root in which nothing belongs to this machine alone, or waits for its devices.
make_root() {
    local layers=$1/layers root=$1/root units=$1/root/etc/systemd/system unit folder
    mkdir "$layers" "$root"
    mount -t tmpfs -o mode=755 layers "$layers"
    mkdir "$layers"/{upper,work}
    mount -t overlay -o "lowerdir=/,upperdir=$layers/upper,workdir=$layers/work" overlay "$root"
    for folder in "${@:2}"; do
        if [ ! -e "$root/$folder" ]; then
            mkdir -p "$root/$folder"
            mount --bind "$folder" "$root/$folder"
        fi
    done
    rm -rf "$units"/*.wants "$units"/rkvideo.service* "$root/etc/rkvideo"
    for unit in systemd-{networkd,pstore,resolved,timesyncd,udevd} console-getty; do
        ln -sf /dev/null "$units/$unit.service"
    done
    ln -sf /lib/systemd/system/multi-user.target "$units/default.target"
    mkdir "$units/getty.target.wants"
    ln -s /lib/systemd/system/getty@.service "$units/getty.target.wants/getty@tty1.service"
}

# PID 1 of the new namespaces.
become_systemd() {
    local pid _
    # Of the /proc of this machine.
    read -r pid _ </proc/self/stat
    echo "$pid"
    local folder=$1
    cd "$folder/root"
    mount -t proc proc proc
    mount -t sysfs -o ro sysfs sys
    mount -t tmpfs -o mode=755 groups sys/fs/cgroup
    mount -t cgroup2 cgroup2 sys/fs/cgroup
    mount -t tmpfs -o mode=755 dev dev
    for node in null zero full random urandom tty; do
        : >"dev/$node"
        mount --bind "/dev/$node" "dev/$node"
    done
    # Without a tty0 systemd starts no login on a tty1.
    : >dev/tty0
    : >dev/tty1
    mount --bind "$2" dev/tty1
    mkdir -m 1777 dev/shm dev/pts
    mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
    ln -s pts/ptmx dev/ptmx
    ln -s /proc/self/fd dev/fd
    mount -t tmpfs -o mode=755 run run
    mount -t tmpfs -o mode=1777 tmp tmp
    mkdir run/host
    : >run/host/notify
    mount --bind "$folder/notify" run/host/notify
    exec chroot . env -i container=rkvideo PATH=/usr/sbin:/usr/bin:/sbin:/bin \
        NOTIFY_SOCKET=/run/host/notify /lib/systemd/systemd >/dev/null 2>&1
}

boot_until_it_is_off() {
    make_root "$1" "${@:3}"
    local code=129
    # reboot(2): in a PID namespace a reboot ends its PID 1 as the signal 1 would.
    while [ "$code" = 129 ]; do
        code=0
        unshare --mount --uts --ipc --pid --cgroup --net --fork \
            bash -euc 'become_systemd "$@"' boot "$1" "$2" || code=$?
    done
}
export -f make_root become_systemd boot_until_it_is_off

# What systemd counts processes in, below the group that this one is in; it goes with the end.
groups=$(mktemp -d)
mount -t cgroup2 cgroup2 "$groups"
outer=$groups$(sed -n 's/^0:://p' /proc/self/cgroup)
group=$outer/rkvideo-booted-$$
end() {
    echo $$ >"$outer/cgroup.procs"
    find "$group" -depth -type d -exec rmdir {} +
    umount "$groups"
    rmdir "$groups"
}
mkdir "$group"
echo $$ >"$group/cgroup.procs"
trap end EXIT
unshare --mount bash -euc 'boot_until_it_is_off "$@"' boot "$@"
