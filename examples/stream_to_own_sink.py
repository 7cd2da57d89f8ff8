"""A stream into a sink of your own: `python examples/stream_to_own_sink.py ADDRESS [FRAMES]`.

The sink tells when the number of people in the picture changes.
"""

import sys

from rkvideo import FrameResult, RunStatus, StreamInfo, open_run


class PeopleCounter:
    """A sink: it is opened, written to and closed in a thread of its own."""

    name = "people"

    def open(self, info: StreamInfo) -> None:
        """The stream has begun."""
        print(f"{info.name}: {info.width}x{info.height}")
        self._count = 0

    def write(self, result: FrameResult, status: RunStatus) -> None:
        """A picture was looked at; of a stream the newest ones come, not every one."""
        side = result.first
        count = sum(side.labels[class_id] == "person" for class_id in side.detections.class_id)
        if count != self._count:
            print(f"{result.frame.pts_s:.2f} s: {count} people, {status.counts.dropped} dropped")
            self._count = count

    def close(self) -> tuple[str, ...]:
        """The stream has ended; the names of files that were written."""
        print("the end")
        return ()


frames = int(sys.argv[2]) if len(sys.argv) > 2 else None
with open_run(sys.argv[1], model="yolo11n@320", frames=frames, sinks=[PeopleCounter()]) as run:
    run.wait()
