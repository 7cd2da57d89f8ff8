#!/usr/bin/env bash
# Makes the pictures of the README: the real window on a virtual screen, with the demo clip.
#   docs/make_pictures.sh [--size 1920x1080] [--lang en] [--out docs/pictures] [NAME ...]
# NAME is window, compare, compare-accuracy, ab, disagreements or kiosk; without one these are made, each
# as NAME.png. To look at them on another screen: --size 1280x720 --lang zh_CN --out /tmp/pictures
# `sheets` makes one sheet for each screen, SCREEN.jpg: at 1280x720, 1920x1080 and 3840x2160, in English
# and in Chinese. It takes ten minutes; `tour` makes the pictures of one size and language for it.
# Some screens alone: ONLY="comparing settings" docs/make_pictures.sh sheets
# The top of a report, light and dark, is made of a folder that `eval` and `bench` have written:
#   REPORT=FOLDER docs/make_pictures.sh report
# Needs: apt-get install xvfb xdotool imagemagick, for a report chromium
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

size=1920x1080 lang=en out=docs/pictures
while [[ ${1:-} == --* ]]; do
    case $1 in
        --size) size=$2 ;;
        --lang) lang=$2 ;;
        --out) out=$2 ;;
        *) echo "make_pictures.sh: $1 is no option of mine" >&2; exit 2 ;;
    esac
    shift 2
done
names=("$@")
[ ${#names[@]} -gt 0 ] || names=(window compare compare-accuracy ab disagreements kiosk)
# For how long the clip plays before a picture is taken: the figures are those of some seconds.
plays_s=${SECONDS_IN:-8}
# Pictures a second of the scene: RATE=5 gives the window time for keys on a machine that is busy.
rate=${RATE:-25}
# What a key has asked for is there then.
settles_s=3
# A picture that is wider is made smaller: 600 kB are enough for a README.
widest=1280

python=$(realpath --no-symlinks "${PYTHON:-.venv/bin/python}")
main=$PWD/main.py script=$PWD/docs/make_pictures.sh
out=$(realpath -m "$out")
report=$(realpath -m "${REPORT:-report}")
home=$(mktemp -d)
window= server=
end() {
    [ -z "$window" ] || kill "$window" 2>/dev/null || true
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    rm -rf "$home"
}
trap end EXIT
# What the window remembers of other days has no place in a picture, nor has this user's name.
export HOME=$home XDG_STATE_HOME=$home/state XDG_CONFIG_HOME=$home/config XDG_VIDEOS_DIR=/tmp
unset WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS QT_QPA_PLATFORM

exec {ready}< <(Xvfb -displayfd 1 -noreset -screen 0 "${size}x24" 2>/dev/null & echo "pid $!"; wait)
read -r _ server <&"$ready"
read -r display <&"$ready"
export DISPLAY=:$display

# The scene of the demo clip with a rider in it, to and fro: whatever the speed of the machine, each
# picture shows it. The window is started beside it, so that no path is in the pictures.
"$python" - models/clips/bikes.mp4 "$home/bikes.mp4" "$rate" <<'PYTHON'
import sys
from itertools import cycle, islice

import av

with av.open(sys.argv[1]) as clip:
    frames = [frame for frame in clip.decode(video=0) if 4.5 <= frame.time <= 5.4]
with av.open(sys.argv[2], "w") as scene:
    stream = scene.add_stream("libx264", rate=int(sys.argv[3]), options={"crf": "18"})
    stream.width, stream.height = frames[0].width, frames[0].height
    for number, frame in enumerate(islice(cycle(frames + frames[-2:0:-1]), 250)):
        picture = av.VideoFrame.from_ndarray(frame.to_ndarray(format="yuv420p"), format="yuv420p")
        picture.pts = number
        scene.mux(stream.encode(picture))
    scene.mux(stream.encode())
PYTHON
# Ten seconds with many moments in them, and few frames to look at.
"$python" - models/clips/bikes.mp4 "$home/street.mp4" <<'PYTHON'
import sys

import av

with av.open(sys.argv[1]) as clip, av.open(sys.argv[2], "w") as short:
    stream = short.add_stream("libx264", rate=5, options={"crf": "18"})
    stream.width, stream.height = clip.streams.video[0].width, clip.streams.video[0].height
    for number, frame in enumerate([*clip.decode(video=0)][::5]):
        picture = av.VideoFrame.from_ndarray(frame.to_ndarray(format="yuv420p"), format="yuv420p")
        picture.pts = number
        short.mux(stream.encode(picture))
    short.mux(stream.encode())
PYTHON
cd "$home"

clip=bikes.mp4
# open_window OPTION ...: starts the window and waits until its model is there.
open_window() {
    "$python" "$main" view "$clip" --loop --lang "$lang" "$@" &
    window=$!
    local id
    id=$(xdotool search --sync --onlyvisible --name ' - rkvideo$' | head -n 1)
    # There is no window manager here that would give it the whole screen and the keyboard.
    xdotool windowmove "$id" 0 0 windowsize "$id" "${size%x*}" "${size#*x}" windowfocus "$id" \
        mousemove "${size%x*}" 0
}

# close_window KEY: closes the window with a key, and waits for its end.
close_window() {
    xdotool key "$1"
    timeout 60 tail --pid="$window" -f /dev/null || {
        echo "make_pictures.sh: the window does not close at the key $1" >&2
        exit 1
    }
    # A busy machine may not end all threads in time; the picture is none the worse for it.
    wait "$window" || echo "make_pictures.sh: the window ended with $?" >&2
    window=
}

# take NAME: writes the screen, and closes the window with the key that is given after it.
take() {
    mkdir -p "$out"
    import -window root "$home/$1.png"
    convert "$home/$1.png" -resize "${widest}x>" -dither FloydSteinberg -colors 250 \
        -define png:compression-level=9 "PNG8:$out/$1.png"
    close_window "$2"
    printf '%s: %s bytes\n' "$out/$1.png" "$(stat -c %s "$out/$1.png")"
}

# The panels show the last result, whoever has measured it; MEASURED is the folder of such a one.
measure() {
    [ -z "${MEASURED:-}" ] || cp -r "$MEASURED"/{bench,state} "$home"
    [ -d bench ] || "$python" "$main" bench bikes.mp4 --models yolo11n --sizes 320,416,640 \
        --seconds 3 --warmup 1 --out bench
}

picture_of_window() {
    measure
    open_window --reset
    xdotool key m
    sleep "$plays_s"
    take window q
}

picture_of_compare() {
    # A state of its own: with --reset the window forgets the result too, here and in what was before.
    local others=$XDG_STATE_HOME
    XDG_STATE_HOME=$home/compared
    rm -rf bench
    measure
    open_window
    xdotool key c
    sleep "$plays_s"
    take compare q
    XDG_STATE_HOME=$others
}

# What the panel would measure with agreement chosen, kept where it looks for its last result.
measure_agreement() {
    (cd "${main%/main.py}" && "$python" - "$home/bikes.mp4") <<'PYTHON'
import sys

from rkvideo.bench.plan import BenchPlan
from rkvideo.config import AppConfig
from rkvideo.report.comparison import ComparisonService
from rkvideo.report.quality import QualityWish
from rkvideo.report.whole import JoinedReport

config = AppConfig(sys.argv[1])
service = ComparisonService(config)
wish = QualityWish(against="yolo11n@1280", pictures=20)
data = service.read_data(config, wish)
models = ("yolo11n@320", "yolo11n@416", "yolo11n@640", "yolox-nano")
bench = service.open(BenchPlan(config, models, seconds=3, warmup_s=1)).run()
report = JoinedReport((bench,))
found = service.open_quality(bench, config, wish, data).run()
service.keep(report if found is None else report.with_quality(found))
PYTHON
}

picture_of_compare-accuracy() {
    # The panel has one last result, and that of the other pictures is a bench alone.
    local others=$XDG_STATE_HOME
    XDG_STATE_HOME=$home/quality
    measure_agreement
    open_window
    xdotool key c
    sleep "$plays_s"
    take compare-accuracy q
    XDG_STATE_HOME=$others
}

picture_of_ab() {
    open_window --reset --model yolo11n@640
    # The list of models is read in the background; the key takes the next size down.
    sleep 3
    xdotool key b mousemove "${size%x*}" 0
    sleep "$plays_s"
    take ab q
}

picture_of_disagreements() {
    clip=street.mp4 open_window --reset --model yolo11n@640
    # The list of models is read in the background; then both are chosen already.
    sleep 4
    xdotool key d
    sleep 2
    # The button that begins: as far from the edges on every screen, in lengths of that screen.
    local scale=$((${size#*x} > 1080 ? ${size#*x} * 100 / 1080 : 100))
    xdotool mousemove $((${size%x*} - 36 * scale / 100)) $((137 * scale / 100)) click 1 \
        mousemove "${size%x*}" 0
    sleep "${SEARCH_S:-40}"
    xdotool key n
    sleep "$plays_s"
    take disagreements q
}

picture_of_kiosk() {
    open_window --reset --kiosk
    sleep "$plays_s"
    take kiosk ctrl+q
}

picture_of_report() {
    local theme
    # 0 is dark, 1 is light (PreferredColorScheme of Blink); below this height are people's photos.
    for theme in report-dark=0 report=1; do
        chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --window-size=1280,800 \
            --blink-settings=preferredColorScheme="${theme#*=}" --screenshot="$home/report.png" \
            "file://$report/report.html" 2>/dev/null
        convert "$home/report.png" +dither -colors 64 -define png:compression-level=9 \
            "PNG8:$out/${theme%=*}.png"
    done
}

# wants NAME: true for each screen, or for those that ONLY names.
wants() { [ -z "${ONLY:-}" ] || [[ " $ONLY " == *" $1 "* ]]; }

# shot NAME: writes the screen as it is, once what was asked for is there.
shot() {
    sleep "$settles_s"
    import -window root "$out/$1.png"
}

# What a user goes through, each screen as it is.
picture_of_tour() {
    export XDG_VIDEOS_DIR=$home/Videos
    mkdir -p "$out" "$XDG_VIDEOS_DIR"
    measure
    open_window --model yolo11n@640
    sleep "$plays_s"
    ! wants watching || shot watching
    opened_by m models
    opened_by ctrl+comma settings
    opened_by w start Escape
    opened_by c comparing
    opened_by d disagreements
    ! wants fullscreen || shot_of_full_screen
    ! wants recording || { xdotool key r; sleep "$plays_s"; shot recording; xdotool key r; }
    # Until the second model is there, and the message of the clip has gone.
    ! wants beside || { xdotool key b; sleep "$((2 * plays_s))"; shot beside; }
    close_window q
    ! wants kiosk || shot_of_window kiosk ctrl+q --kiosk --track trail
    # Each guess of the model is shown.
    ! wants crowd || shot_of_window crowd q --conf 0.02
}

# opened_by KEY NAME [KEY]: what a key opens, which the same key closes, or the last one.
opened_by() {
    wants "$2" || return 0
    xdotool key "$1"
    shot "$2"
    xdotool key "${3:-$1}"
}

shot_of_full_screen() {
    xdotool key f; sleep "$settles_s"
    # The bar comes with the mouse: above the picture, where there is no box to be told of.
    xdotool mousemove 900 20 mousemove 910 20; sleep 1
    import -window root "$out/fullscreen.png"
    xdotool key f mousemove "${size%x*}" 0; sleep "$settles_s"
}

# shot_of_window NAME KEY OPTION ...: a window of its own, which the key closes.
shot_of_window() {
    local name=$1 key=$2
    shift 2
    open_window --reset "$@"
    sleep "$plays_s"
    shot "$name"
    close_window "$key"
}

picture_of_sheets() {
    local screen one of shots=$home/shots
    measure
    export MEASURED=$home
    for of in 1280x720 1920x1080 3840x2160; do
        for one in en zh_CN; do
            "$script" --size "$of" --lang "$one" --out "$shots/$of-$one" tour
        done
    done
    for screen in "$shots"/1280x720-en/*.png; do
        screen=$(basename "$screen")
        montage "$shots"/{1280x720,1920x1080,3840x2160}-{en,zh_CN}/"$screen" \
            -filter Lanczos -resize 960x540 -tile 2x3 -geometry +6+6 -background '#101114' \
            -sampling-factor 4:4:4 -quality 82 "$out/${screen%.png}.jpg"
        printf '%s: %s bytes\n' "$out/${screen%.png}.jpg" "$(stat -c %s "$out/${screen%.png}.jpg")"
    done
}

for name in "${names[@]}"; do
    "picture_of_$name"
done
