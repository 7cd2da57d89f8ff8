"""The program that a GPU runs for each pixel; OpenGL 2 and OpenGL ES 2 both take it.

It does what swscale does for the painted picture, so that both look the same: samples of each plane
in whole numbers, one sample of colour for a block of pixels, and then the matrix. Floats of 32 bits
hold whole numbers up to 2^24 exactly, so that what is larger is reckoned in two parts.
"""

from __future__ import annotations

from typing import Final

from .weights import ACROSS, DOWN, MOST_TAPS

VERTEX: Final = """
attribute vec2 corner;
void main() { gl_Position = vec4(corner, 0.0, 1.0); }
"""

_FRAGMENT: Final = """
#ifdef GL_ES
precision highp float;
precision highp sampler2D;
#endif
uniform sampler2D luma;
uniform sampler2D blue;
uniform sampler2D red;
// Tables of `Weights`: of which pixels a sample is made.
uniform sampler2D luma_across;
uniform sampler2D luma_down;
uniform sampler2D chroma_across;
uniform sampler2D chroma_down;
// In pixels of the screen: the left upper corner of the picture, the height of what is drawn on.
uniform vec2 origin;
uniform float height;
// Of a plane, in its pixels: the first and last that is read, and 1 / the size of its texture.
uniform vec2 luma_first;
uniform vec2 luma_last;
uniform vec2 luma_texel;
uniform vec2 chroma_first;
uniform vec2 chroma_last;
uniform vec2 chroma_texel;
// 1 / the sizes of its two tables, and of how many pixels samples are made, or 0 of two at most.
uniform vec4 luma_tables;
uniform vec2 luma_taps;
uniform vec4 chroma_tables;
uniform vec2 chroma_taps;
// How many pixels of the screen share a sample of colour.
uniform vec2 block;
// Whether there are bytes between scaling and colouring.
uniform bool in_bytes;
uniform mat3 matrix;
uniform vec3 zero;
// What swscale's rounding takes from colours.
uniform float lost;

vec4 bytes(sampler2D plane, vec2 pixel, vec2 texel) {
    return floor(texture2D(plane, (pixel + 0.5) * texel) * 255.0 + 0.5);
}

// Two numbers of 16 bits.
vec2 numbers(sampler2D table, float of, float row, vec2 texel) {
    vec4 found = bytes(table, vec2(of, row), texel);
    return found.rb * 256.0 + found.ga;
}

vec4 in_15_bits(vec4 sum) { return min(floor(sum / 128.0), 32767.0); }

// Of rows in 15 bits, whose weighted sum has more bits than a float.
vec4 rounded(vec4 high, vec4 low) {
    if (!in_bytes) return (high + low / 128.0) / (DOWN * 255.0);
    return floor((high + floor((low + 64.0 * DOWN) / 128.0)) / DOWN) / 255.0;
}

vec4 simple(sampler2D plane, vec2 across, vec2 down, vec2 first, vec2 last, vec2 texel) {
    vec2 low = first + vec2(across.x, down.x);
    vec2 high = min(low + 1.0, last);
    vec2 other = vec2(ACROSS, DOWN) - vec2(across.y, down.y);
    vec4 upper = in_15_bits(
        across.y * bytes(plane, low, texel) + other.x * bytes(plane, vec2(high.x, low.y), texel)
    );
    vec4 lower = in_15_bits(
        across.y * bytes(plane, vec2(low.x, high.y), texel) + other.x * bytes(plane, high, texel)
    );
    vec4 tops = floor(upper / 128.0), bottoms = floor(lower / 128.0);
    return rounded(
        down.y * tops + other.y * bottoms,
        down.y * (upper - 128.0 * tops) + other.y * (lower - 128.0 * bottoms)
    );
}

vec4 row_of(
    sampler2D plane, float y, sampler2D across, float of, vec2 size, float taps, vec2 edges,
    vec2 texel
) {
    vec2 pair = numbers(across, of, 0.0, size);
    float x = edges.x + pair.x;
    vec4 sum = pair.y * bytes(plane, vec2(x, y), texel);
    for (int tap = 1; tap < MOST_TAPS; tap += 2) {
        float next = float(tap);
        if (next >= taps) break;
        pair = numbers(across, of, (next + 1.0) / 2.0, size);
        sum += pair.x * bytes(plane, vec2(min(x + next, edges.y), y), texel);
        if (next + 1.0 < taps) {
            sum += pair.y * bytes(plane, vec2(min(x + next + 1.0, edges.y), y), texel);
        }
    }
    return in_15_bits(sum);
}

vec4 sampled(
    sampler2D plane, sampler2D across, sampler2D down, vec2 of, vec4 tables, vec2 taps,
    vec2 first, vec2 last, vec2 texel
) {
    if (taps.x == 0.0) {
        return simple(
            plane, numbers(across, of.x, 0.0, tables.xy), numbers(down, of.y, 0.0, tables.zw),
            first, last, texel
        );
    }
    vec2 pair = numbers(down, of.y, 0.0, tables.zw);
    float y = first.y + pair.x;
    vec4 high = vec4(0.0), low = vec4(0.0);
    for (int tap = 0; tap < MOST_TAPS; tap++) {
        float next = float(tap);
        if (next >= taps.y) break;
        bool is_odd = mod(next, 2.0) > 0.5;
        if (is_odd) pair = numbers(down, of.y, (next + 1.0) / 2.0, tables.zw);
        float weight = is_odd ? pair.x : pair.y;
        vec4 row = row_of(
            plane, min(y + next, last.y), across, of.x, tables.xy, taps.x,
            vec2(first.x, last.x), texel
        );
        vec4 whole = floor(row / 128.0);
        high += weight * whole;
        low += weight * (row - 128.0 * whole);
    }
    return rounded(high, low);
}

void main() {
    vec2 at = floor(vec2(gl_FragCoord.x, height - gl_FragCoord.y) - origin);
    vec2 of = floor(at / block);
    float y = sampled(
        luma, luma_across, luma_down, at, luma_tables, luma_taps, luma_first, luma_last, luma_texel
    ).r;
    vec4 one = sampled(
        blue, chroma_across, chroma_down, of, chroma_tables, chroma_taps, chroma_first,
        chroma_last, chroma_texel
    );
#ifdef BOTH_IN_ONE
    vec2 colour = one.BLUE_AND_RED;
#else
    vec2 colour = vec2(one.r, sampled(
        red, chroma_across, chroma_down, of, chroma_tables, chroma_taps, chroma_first,
        chroma_last, chroma_texel
    ).r);
#endif
    vec3 rgb = matrix * (vec3(y, colour) - zero) - lost;
    gl_FragColor = vec4(clamp(rgb, 0.0, 1.0), 1.0);
}
"""


def fragment(*, both_in_one: bool) -> str:
    """The source for planes y, u, v, or `both_in_one` for y and a plane with u and v in turns."""
    names = {"MOST_TAPS": f"{MOST_TAPS}", "ACROSS": f"{ACROSS}.0", "DOWN": f"{DOWN}.0"}
    if both_in_one:
        names |= {"BOTH_IN_ONE": "", "BLUE_AND_RED": "ra"}
    head = "".join(f"#define {name} {value}\n" for name, value in names.items())
    return head + _FRAGMENT
