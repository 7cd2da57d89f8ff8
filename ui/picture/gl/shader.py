"""The program that a GPU runs for each pixel; OpenGL 2 and OpenGL ES 2 both take it.

It does what swscale does for the painted picture, so that both look the same: a triangle as wide as
a pixel of the screen, or of the plane where that is larger, over each plane, one sample of colour
for a block of pixels, and then the matrix.
"""

from __future__ import annotations

from typing import Final

VERTEX: Final = """
attribute vec2 corner;
void main() { gl_Position = vec4(corner, 0.0, 1.0); }
"""

MOST_SHRINKING: Final = 8
"""Of a side; where a picture is made smaller still, pixels are passed over."""

_TAPS: Final = 2 * MOST_SHRINKING + 2
# What lies in the middle of two bytes goes up, although floats may lie below it.
_TIE: Final = 1e-4
# swscale's weights across and down are whole shares of these.
_SHARES: Final = "vec2(16384.0, 4096.0)"

_FRAGMENT: Final = """
#ifdef GL_ES
precision highp float;
precision highp sampler2D;
#endif
uniform sampler2D luma;
uniform sampler2D blue;
uniform sampler2D red;
// In pixels of the screen: the left upper corner of the picture, the height of what is drawn on.
uniform vec2 origin;
uniform float height;
// Of a plane, in its pixels: how far it is to the next sample, where the first is, which area is
// read (centres of its first and last pixel), and 1 / the size of its texture.
uniform vec2 luma_stride;
uniform vec2 luma_first;
uniform vec4 luma_area;
uniform vec2 luma_texel;
uniform vec2 chroma_stride;
uniform vec2 chroma_first;
uniform vec4 chroma_area;
uniform vec2 chroma_texel;
// How many pixels of the screen share a sample of colour.
uniform vec2 block;
uniform bool in_bytes;
uniform mat3 matrix;
uniform vec3 zero;

vec4 pixel(sampler2D plane, vec2 at, vec4 area, vec2 texel) {
    return texture2D(plane, clamp(at, area.xy, area.zw) * texel);
}

vec4 in_15_bits(vec4 value) {
    return floor(value * (255.0 * 128.0) + TIE) / (255.0 * 128.0);
}

vec4 sampled(sampler2D plane, vec2 at, vec2 stride, vec4 area, vec2 texel) {
    if (stride.x <= 1.0 && stride.y <= 1.0) {
        // Not the filter of the GPU, which may round to a 256th.
        vec2 low = floor(at - 0.5) + 0.5;
        vec2 share = floor((at - low) * SHARES + 0.5) / SHARES;
        vec2 high = low + 1.0;
        vec4 upper = mix(
            pixel(plane, low, area, texel), pixel(plane, vec2(high.x, low.y), area, texel), share.x
        );
        vec4 lower = mix(
            pixel(plane, vec2(low.x, high.y), area, texel), pixel(plane, high, area, texel), share.x
        );
        return mix(in_15_bits(upper), in_15_bits(lower), share.y);
    }
    vec2 reach = clamp(stride, 1.0, MOST);
    vec2 first = floor(at - reach) + 0.5;
    vec4 sum = vec4(0.0);
    float weights = 0.0;
    for (int row = 0; row < TAPS; row++) {
        float y = first.y + float(row);
        if (y - at.y > reach.y) break;
        float down = max(0.0, 1.0 - abs(y - at.y) / reach.y);
        for (int column = 0; column < TAPS; column++) {
            float x = first.x + float(column);
            if (x - at.x > reach.x) break;
            float weight = down * max(0.0, 1.0 - abs(x - at.x) / reach.x);
            sum += weight * pixel(plane, vec2(x, y), area, texel);
            weights += weight;
        }
    }
    return sum / weights;
}

void main() {
    vec2 at = floor(vec2(gl_FragCoord.x, height - gl_FragCoord.y) - origin);
    vec2 of_colour = floor(at / block);
    float y = sampled(luma, luma_first + at * luma_stride, luma_stride, luma_area, luma_texel).r;
    vec2 place = chroma_first + of_colour * chroma_stride;
    vec4 one = sampled(blue, place, chroma_stride, chroma_area, chroma_texel);
#ifdef BOTH_IN_ONE
    vec2 colour = one.BLUE_AND_RED;
#else
    vec2 colour = vec2(one.r, sampled(red, place, chroma_stride, chroma_area, chroma_texel).r);
#endif
    vec3 yuv = vec3(y, colour);
    if (in_bytes) {
        // swscale has bytes between scaling and colouring, and rounds its colours down.
        yuv = floor(yuv * 255.0 + 0.5 + TIE) / 255.0;
    }
    vec3 rgb = matrix * (yuv - zero) - (in_bytes ? 0.5 / 255.0 : 0.0);
    gl_FragColor = vec4(clamp(rgb, 0.0, 1.0), 1.0);
}
"""


def fragment(*, both_in_one: bool) -> str:
    """The source for planes y, u, v, or `both_in_one` for y and a plane with u and v in turns."""
    names = {"TAPS": _TAPS, "MOST": f"{MOST_SHRINKING:.1f}", "TIE": f"{_TIE:f}", "SHARES": _SHARES}
    if both_in_one:
        names |= {"BOTH_IN_ONE": "", "BLUE_AND_RED": "ra"}
    head = "".join(f"#define {name} {value}\n" for name, value in names.items())
    return head + _FRAGMENT
