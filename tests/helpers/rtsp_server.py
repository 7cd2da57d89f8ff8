"""A real RTSP server, run by the system's Python because GStreamer's binding lives there.

/usr/bin/python3 rtsp_server.py --width 320 --height 240 [--port N] [--user U --password P]
                                [--painted 1] [--fps N] [--keyframes N] [--bframes N]
                                [--loss SHARE]

With `--painted 1` each picture carries the clock at the moment it was made (see painted_clock.py).
With `--loss` such a share of the packets never leaves, as over UDP.
Prints `ready PORT` once it takes connections; the stream is at `/live`. It ends on SIGTERM and when
its standard input is closed, so that it never outlives the tests.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time

import gi
from painted_clock import paint_clock

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

BALL = "videotestsrc is-live=true pattern=ball ! {caps}"
PAINTED = "appsrc name=painter is-live=true format=time do-timestamp=true block=false caps={caps}"
PAYLOADER = "rtph264pay name=pay0 pt=96 config-interval=1"
LOSING = "rtph264pay pt=96 mtu=400 config-interval=1 ! identity drop-probability={loss} name=pay0"
CAPS = "video/x-raw,format=I420,width={width},height={height},framerate={fps}/1"
LAUNCH = (
    "( {pictures}"
    " ! x264enc {tune} speed-preset=ultrafast key-int-max={keyframe_every} threads=1"
    " ! {payloader} )"
)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--width", type=int, default=320)
    parser.add_argument("--height", type=int, default=240)
    parser.add_argument("--fps", type=int, default=25)
    parser.add_argument("--painted", type=int, default=0)
    parser.add_argument("--keyframes", type=int, default=15)
    parser.add_argument("--bframes", type=int, default=0)
    parser.add_argument("--loss", type=float, default=0.0)
    parser.add_argument("--user")
    parser.add_argument("--password")
    return parser.parse_args()


def launch_line(options: argparse.Namespace) -> str:
    caps = CAPS.format(width=options.width, height=options.height, fps=options.fps)
    tune = f"bframes={options.bframes} rc-lookahead=0 sync-lookahead=0"
    return LAUNCH.format(
        pictures=(PAINTED if options.painted else BALL).format(caps=caps),
        tune=tune if options.bframes else "tune=zerolatency",
        keyframe_every=options.keyframes,
        payloader=LOSING.format(loss=options.loss) if options.loss else PAYLOADER,
    )


def paint_for(media: GstRtspServer.RTSPMedia, options: argparse.Namespace) -> None:
    """Push a painted picture at each tick, from the first client on until the pipeline ends."""
    painter = media.get_element().get_child_by_name("painter")
    count, began = 0, 0.0

    def paint() -> bool:
        nonlocal count, began
        if painter.get_state(0).state != Gst.State.PLAYING and not ended:
            # Without a clock yet the picture would have no stamp, and sometimes nothing follows it.
            GLib.timeout_add(5, paint)
            return False
        began = began or time.monotonic()
        picture = paint_clock(options.width, options.height, time.monotonic())
        flow = painter.emit("push-buffer", Gst.Buffer.new_wrapped(picture))
        count += 1
        if flow in (Gst.FlowReturn.OK, Gst.FlowReturn.FLUSHING) and not ended:
            due = began + count / options.fps
            GLib.timeout_add(max(0, round((due - time.monotonic()) * 1000)), paint)
        return False

    ended: list[object] = []
    media.connect("unprepared", ended.append)
    GLib.timeout_add(0, paint)


def require_login(server: GstRtspServer.RTSPServer, user: str, password: str) -> str:
    """Let in nobody but this user; returns the role that may see the stream."""
    role = "viewer"
    auth = GstRtspServer.RTSPAuth()
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", role)
    auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
    server.set_auth(auth)
    return role


def main() -> None:
    options = arguments()
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(str(options.port))
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(launch_line(options))
    if options.painted:
        factory.connect("media-configure", lambda _, media: paint_for(media, options))
    factory.set_shared(True)
    if options.user:
        role = require_login(server, options.user, options.password)
        permissions = GstRtspServer.RTSPPermissions()
        permissions.add_permission_for_role(role, "media.factory.access", True)
        permissions.add_permission_for_role(role, "media.factory.construct", True)
        factory.set_permissions(permissions)
    server.get_mount_points().add_factory("/live", factory)
    server.attach(None)
    loop = GLib.MainLoop()
    GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGTERM, loop.quit)
    GLib.io_add_watch(sys.stdin.fileno(), GLib.IO_HUP, lambda *_: loop.quit())
    print("ready", server.get_bound_port(), flush=True)
    loop.run()


if __name__ == "__main__":
    main()
