"""Whether frames of a video unit can stay in its memory until RGA has made them small.

They cannot with any PyAV so far. A filter graph over them, `scale_rkrga,hwdownload`, begins with a
source that must be given their `hw_frames_ctx` (`av_buffersrc_parameters_set`), which PyAV up to
18.1 and pyav-rkmpp 18.1.0.post2 do not do: https://github.com/PyAV-Org/PyAV/issues/2218 and
https://github.com/PyAV-Org/PyAV/pull/2404. So decoders are asked for copies in ordinary memory, and
what keeps RGA out is told where somebody would look for it.
"""

from __future__ import annotations

from typing import Final

import av
import av.filter

from rkvideo.machine.fast_paths import FAST_PATHS, FastPathReport

RGA: Final = "rga"
SCALER: Final = "scale_rkrga"
"""The filter of ffmpeg-rockchip that scales by RGA."""

_FORMAT = "drm_prime"


def why_copied() -> str:
    """Why frames of a video unit are copied into ordinary memory, in words."""
    try:
        av.filter.Graph().add("buffer", video_size="64x64", pix_fmt=_FORMAT, time_base="1/25")
    except av.FFmpegError:
        return "this PyAV hands no frames of a video unit to a filter graph (hw_frames_ctx)"
    return "this PyAV could hand frames of a video unit to a filter graph, rkvideo does not yet"


def tell_copied(decoder: str) -> None:
    """Report for a decoder of the video unit that its frames are copied, and why."""
    FAST_PATHS.tell(FastPathReport(RGA, decoder, "not used", why_copied()))
