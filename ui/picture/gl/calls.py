"""The functions of OpenGL that are called, found in the driver of the current context.

PyQt5 binds them only for some versions of desktop OpenGL, and its glTexImage2D copies what it is
given; what is used here exists in OpenGL 2 and in OpenGL ES 2 alike.
"""

from __future__ import annotations

import ctypes
from typing import Any, Final

from PyQt5.QtGui import QOpenGLContext

from rkvideo.errors import RkVideoError

# Of gl.h and gl2.h.
BLEND: Final = 0x0BE2
CLAMP_TO_EDGE: Final = 0x812F
COLOR_BUFFER_BIT: Final = 0x4000
DEPTH_TEST: Final = 0x0B71
FLOAT: Final = 0x1406
LUMINANCE: Final = 0x1909
LUMINANCE_ALPHA: Final = 0x190A
MAX_TEXTURE_SIZE: Final = 0x0D33
NEAREST: Final = 0x2600
NO_ERROR: Final = 0
RENDERER: Final = 0x1F01
RGBA: Final = 0x1908
SCISSOR_TEST: Final = 0x0C11
STENCIL_TEST: Final = 0x0B90
TEXTURE0: Final = 0x84C0
TEXTURE_2D: Final = 0x0DE1
TEXTURE_MAG_FILTER: Final = 0x2800
TEXTURE_MIN_FILTER: Final = 0x2801
TEXTURE_WRAP_S: Final = 0x2802
TEXTURE_WRAP_T: Final = 0x2803
TRIANGLE_STRIP: Final = 0x0005
UNPACK_ALIGNMENT: Final = 0x0CF5
UNSIGNED_BYTE: Final = 0x1401
VENDOR: Final = 0x1F00
VERSION: Final = 0x1F02

_INT, _UINT, _FLOAT, _POINTER = ctypes.c_int, ctypes.c_uint, ctypes.c_float, ctypes.c_void_p
_KINDS: Final[dict[str, tuple[Any, ...]]] = {
    "glActiveTexture": (None, _UINT),
    "glBindTexture": (None, _UINT, _UINT),
    "glClear": (None, _UINT),
    "glClearColor": (None, _FLOAT, _FLOAT, _FLOAT, _FLOAT),
    "glDeleteTextures": (None, _INT, _POINTER),
    "glDisable": (None, _UINT),
    "glDrawArrays": (None, _UINT, _INT, _INT),
    "glEnable": (None, _UINT),
    "glGenTextures": (None, _INT, _POINTER),
    "glGetError": (_UINT,),
    "glGetIntegerv": (None, _UINT, _POINTER),
    "glGetString": (ctypes.c_char_p, _UINT),
    "glPixelStorei": (None, _UINT, _INT),
    "glScissor": (None, _INT, _INT, _INT, _INT),
    "glTexImage2D": (None, _UINT, _INT, _INT, _INT, _INT, _INT, _UINT, _UINT, _POINTER),
    "glTexParameteri": (None, _UINT, _UINT, _INT),
    "glTexSubImage2D": (None, _UINT, _INT, _INT, _INT, _INT, _INT, _UINT, _UINT, _POINTER),
    "glViewport": (None, _INT, _INT, _INT, _INT),
}


class GlError(RkVideoError):
    """OpenGL does not do here what it is wanted for; the message says why."""


class GlCalls:
    """The functions of one context, which is current whenever one of them is called."""

    def __init__(self, context: QOpenGLContext) -> None:
        """Raises GlError where the driver lacks one of them."""
        self._functions = {name: _function(context, name, *kind) for name, kind in _KINDS.items()}

    def __call__(self, name: str, *values: Any) -> Any:
        """Call the function of that name, which begins with `gl`."""
        return self._functions[name](*values)

    def text(self, name: int) -> str:
        """What the driver says of itself, as VENDOR; empty where it says nothing."""
        told: bytes | None = self("glGetString", name)
        return (told or b"").decode("utf-8", "replace")

    def number(self, name: int) -> int:
        """A limit of the driver, as MAX_TEXTURE_SIZE."""
        # A driver that answers with several numbers finds room for them.
        numbers = (ctypes.c_int * 16)()
        self("glGetIntegerv", name, ctypes.addressof(numbers))
        return int(numbers[0])

    def new_textures(self, count: int) -> list[int]:
        """So many textures that hold nothing yet."""
        names = (ctypes.c_uint * count)()
        self("glGenTextures", count, ctypes.addressof(names))
        return list(names)

    def delete_textures(self, textures: list[int]) -> None:
        """Give textures back."""
        names = (ctypes.c_uint * len(textures))(*textures)
        self("glDeleteTextures", len(textures), ctypes.addressof(names))

    def check(self, what: str) -> None:
        """Raise GlError where a call since the last check was refused."""
        error = self("glGetError")
        if error != NO_ERROR:
            raise GlError(f"{what}: error 0x{error:04x} of OpenGL")


def _function(context: QOpenGLContext, name: str, result: Any, *arguments: Any) -> Any:
    address = context.getProcAddress(name.encode())
    if not address:
        raise GlError(f"the driver has no {name}")
    return ctypes.CFUNCTYPE(result, *arguments)(int(address))
