"""The planes of a frame as textures, drawn at the size that they have on the screen."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

import av
from av.video.reformatter import VideoReformatter
from PyQt5 import sip
from PyQt5.QtGui import (
    QMatrix3x3,
    QOpenGLBuffer,
    QOpenGLContext,
    QOpenGLShader,
    QOpenGLShaderProgram,
)

from rkvideo.data import Frame
from rkvideo.pictures.pixels import Colouring

from ..viewport import Cut
from . import calls
from .calls import GlCalls, GlError
from .sampling import Colours, PlaneSampling, Siting, colours_of, sampling_of
from .shader import VERTEX, fragment
from .weights import MIDDLE, Weights

_IN_TWO_PLANES: Final = "nv12"
_IN_PLANES: Final = frozenset(
    {"yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p", _IN_TWO_PLANES}
)
# What has more than eight bits or no planes, and the planes that hold all of it that is seen.
_TO_PLANES: Final = {
    "yuv420p10le": "yuv420p",
    "p010le": "yuv420p",
    "yuv422p10le": "yuv422p",
    "yuyv422": "yuv422p",
    "uyvy422": "yuv422p",
    "yuv444p10le": "yuv444p",
}
_SAMPLERS: Final = "luma", "blue", "red"
_TABLES: Final = "luma_across", "luma_down", "chroma_across", "chroma_down"
_CORNERS: Final = (-1.0, -1.0, 1.0, -1.0, -1.0, 1.0, 1.0, 1.0)
_WRITTEN_ALIGNMENT: Final = 4
"""That of OpenGL itself, which Qt expects."""


def is_in_planes(picture: av.VideoFrame) -> bool:
    """Whether a GPU can draw it by its planes, or by such that are made of it at its own size."""
    has_planes = picture.format.name in _IN_PLANES or picture.format.name in _TO_PLANES
    is_upright = all(plane.line_size > 0 for plane in picture.planes)
    return has_planes and is_upright and colours_of(picture) is not None


@dataclass(slots=True)
class _Texture:
    """A plane with what lies behind its rows, as the decoder made it, or a table; size in texels.

    `holds` are the weights that a table was made of.
    """

    name: int
    size: tuple[int, int] = (0, 0)
    kind: int = 0
    holds: Weights | None = None


class GlPicture:
    """Draws frames that are `is_in_planes`; made, called and closed while its context is current.

    A frame is uploaded once. Two sets of textures take turns, since the GPU may still read one.
    """

    def __init__(self, context: QOpenGLContext) -> None:
        """Raises GlError where the driver does not take the program."""
        self._gl = GlCalls(context)
        self._programs = {both: _program(both_in_one=both) for both in (False, True)}
        self._corners = _corners()
        self._most = self._gl.number(calls.MAX_TEXTURE_SIZE)
        self._siting = Siting()
        planes, tables = len(_SAMPLERS), len(_TABLES)
        made = [_Texture(name) for name in self._gl.new_textures(2 * planes + tables)]
        self._sets = [made[:planes], made[planes : 2 * planes]]
        self._tables = made[2 * planes :]
        self._to_planes = VideoReformatter()
        self._frame: Frame | None = None
        self._lies_at = MIDDLE, MIDDLE
        self._gl.check("making textures")

    def fits(self, picture: av.VideoFrame) -> bool:
        """Whether its planes are not too large for the driver."""
        return max(picture.width, picture.height, picture.planes[0].line_size) <= self._most

    def clear(self, view_wh: tuple[int, int]) -> None:
        """Make all of the view black, without what was drawn before."""
        gl = self._gl
        for state in (calls.BLEND, calls.DEPTH_TEST, calls.SCISSOR_TEST, calls.STENCIL_TEST):
            gl("glDisable", state)
        gl("glViewport", 0, 0, *view_wh)
        gl("glClearColor", 0.0, 0.0, 0.0, 1.0)
        gl("glClear", calls.COLOR_BUFFER_BIT)

    def draw(self, frame: Frame, seen: Cut, view_wh: tuple[int, int]) -> None:
        """Draw that part of a frame onto a view of so many pixels, behind `clear`.

        Raises GlError where the driver refuses it.
        """
        colours = colours_of(frame.picture)
        if colours is None:
            raise GlError(f"no matrix for colour space {frame.picture.colorspace}")
        if frame is not self._frame:
            self._upload(frame)
        program = self._programs[frame.picture.format.name == _IN_TWO_PLANES]
        if not program.bind():
            raise GlError("the program of the picture cannot be bound")
        self._tell(program, frame.picture, seen, view_wh, colours)
        self._draw(program, seen, view_wh)
        program.release()
        self._gl.check("drawing a picture")

    def _upload(self, frame: Frame) -> None:
        is_of_next_run = self._frame is None or frame.index <= self._frame.index
        if is_of_next_run or not _is_alike(self._frame, frame):
            self._lies_at = self._siting.of(frame.picture)
        self._sets.reverse()
        gl, picture = self._gl, self._in_planes(frame.picture)
        gl("glPixelStorei", calls.UNPACK_ALIGNMENT, 1)
        for number, (plane, texture) in enumerate(zip(picture.planes, self._sets[0], strict=False)):
            is_pair = number == 1 and picture.format.name == _IN_TWO_PLANES
            kind = calls.LUMINANCE_ALPHA if is_pair else calls.LUMINANCE
            size = plane.line_size // (2 if is_pair else 1), plane.height
            self._fill(texture, kind, size, plane.buffer_ptr)
        gl("glPixelStorei", calls.UNPACK_ALIGNMENT, _WRITTEN_ALIGNMENT)
        gl.check("uploading a picture")
        self._frame = frame

    def _in_planes(self, picture: av.VideoFrame) -> av.VideoFrame:
        layout = _TO_PLANES.get(picture.format.name)
        if layout is None:
            return picture
        span = picture.color_range
        return self._to_planes.reformat(picture, format=layout, dst_color_range=span, threads=1)

    def _fill(self, texture: _Texture, kind: int, size: tuple[int, int], memory: int) -> None:
        """Put bytes into a texture; rows of a plane go with their padding, which nobody reads."""
        gl = self._gl
        gl("glBindTexture", calls.TEXTURE_2D, texture.name)
        if (texture.size, texture.kind) != (size, kind):
            for name in (calls.TEXTURE_MIN_FILTER, calls.TEXTURE_MAG_FILTER):
                gl("glTexParameteri", calls.TEXTURE_2D, name, calls.NEAREST)
            for name in (calls.TEXTURE_WRAP_S, calls.TEXTURE_WRAP_T):
                gl("glTexParameteri", calls.TEXTURE_2D, name, calls.CLAMP_TO_EDGE)
            form = 0, kind, *size, 0, kind, calls.UNSIGNED_BYTE
            gl("glTexImage2D", calls.TEXTURE_2D, *form, None)
            texture.size, texture.kind = size, kind
        form = 0, 0, 0, *size, kind, calls.UNSIGNED_BYTE
        gl("glTexSubImage2D", calls.TEXTURE_2D, *form, memory)

    def _fill_table(self, texture: _Texture, weights: Weights) -> None:
        if texture.holds is not weights:
            table = weights.table()
            rows, columns, _ = table.shape
            self._fill(texture, calls.RGBA, (columns, rows), table.ctypes.data)
            texture.holds = weights

    def _tell(
        self,
        program: QOpenGLShaderProgram,
        picture: av.VideoFrame,
        seen: Cut,
        view_wh: tuple[int, int],
        colours: Colours,
    ) -> None:
        textures = self._sets[0] + self._tables
        sampling = sampling_of(picture.format, seen, self._lies_at)
        luma, chroma = sampling.luma, sampling.chroma
        for table, weights in zip(
            self._tables, (luma.across, luma.down, chroma.across, chroma.down), strict=True
        ):
            self._fill_table(table, weights)
        for unit, sampler in enumerate(_SAMPLERS + _TABLES):
            self._gl("glActiveTexture", calls.TEXTURE0 + unit)
            self._gl("glBindTexture", calls.TEXTURE_2D, textures[unit].name)
            program.setUniformValue(sampler, unit)
        self._gl("glActiveTexture", calls.TEXTURE0)
        _tell_plane(program, "luma", luma, textures[0], self._tables[:2])
        _tell_plane(program, "chroma", chroma, textures[1], self._tables[2:])
        target = seen.target.topLeft()
        program.setUniformValue("origin", float(target.x()), float(target.y()))
        program.setUniformValue("height", float(view_wh[1]))
        way = sampling.colouring
        program.setUniformValue("block", *map(float, way.value))
        in_bytes = way is not Colouring.FULL
        program.setUniformValue("in_bytes", int(in_bytes))
        program.setUniformValue("lost", colours.lost if in_bytes else 0.0)
        program.setUniformValue("matrix", QMatrix3x3(colours.matrix))
        program.setUniformValue("zero", *colours.zero)

    def _draw(self, program: QOpenGLShaderProgram, seen: Cut, view_wh: tuple[int, int]) -> None:
        gl, target = self._gl, seen.target
        bottom = view_wh[1] - target.y() - target.height()
        gl("glEnable", calls.SCISSOR_TEST)
        gl("glScissor", target.x(), bottom, target.width(), target.height())
        self._corners.bind()
        program.enableAttributeArray("corner")
        program.setAttributeBuffer("corner", calls.FLOAT, 0, 2)
        gl("glDrawArrays", calls.TRIANGLE_STRIP, 0, len(_CORNERS) // 2)
        program.disableAttributeArray("corner")
        self._corners.release()
        gl("glDisable", calls.SCISSOR_TEST)

    def close(self) -> None:
        """Give back what the driver holds."""
        self._frame = None
        every = [*self._sets[0], *self._sets[1], *self._tables]
        self._gl.delete_textures([texture.name for texture in every])
        self._corners.destroy()
        for program in self._programs.values():
            program.removeAllShaders()


def _is_alike(before: Frame | None, frame: Frame) -> bool:
    return before is not None and before.picture.format.name == frame.picture.format.name


def _tell_plane(
    program: QOpenGLShaderProgram,
    name: str,
    plane: PlaneSampling,
    texture: _Texture,
    tables: list[_Texture],
) -> None:
    program.setUniformValue(f"{name}_first", *map(float, plane.first))
    program.setUniformValue(f"{name}_last", *map(float, plane.last))
    program.setUniformValue(f"{name}_texel", *(1 / side for side in texture.size))
    sides = [1 / side for table in tables for side in table.size]
    program.setUniformValue(f"{name}_tables", *sides)
    both = plane.across, plane.down
    is_simple = all(one.is_simple for one in both)
    taps = (0.0 if is_simple else float(one.shares.shape[1]) for one in both)
    program.setUniformValue(f"{name}_taps", *taps)


def _corners() -> QOpenGLBuffer:
    """Two triangles over all of the view."""
    data = struct.pack(f"={len(_CORNERS)}f", *_CORNERS)
    buffer = QOpenGLBuffer(QOpenGLBuffer.VertexBuffer)
    if not (buffer.create() and buffer.bind()):
        raise GlError("the driver gives no buffer for corners")
    buffer.allocate(sip.voidptr(data), len(data))
    buffer.release()
    return buffer


def _program(*, both_in_one: bool) -> QOpenGLShaderProgram:
    program = QOpenGLShaderProgram()
    is_made = (
        program.addShaderFromSourceCode(QOpenGLShader.ShaderTypeBit.Vertex, VERTEX)
        and program.addShaderFromSourceCode(
            QOpenGLShader.ShaderTypeBit.Fragment, fragment(both_in_one=both_in_one)
        )
        and program.link()
    )
    if not is_made:
        first_line = program.log().strip().partition("\n")[0]
        raise GlError(f"the driver does not take the program of the picture: {first_line}")
    return program
