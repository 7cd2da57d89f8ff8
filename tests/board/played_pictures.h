/* The pictures that the played video unit gives: of the file that STAND_IN_MPP_PICTURES names, which
 * tests/board/played_pictures.py writes. */
#ifndef PLAYED_PICTURES_H
#define PLAYED_PICTURES_H

#include <stddef.h>
#include <stdint.h>

struct pictures {
    uint32_t width, height, chroma_rows, count;
    const int64_t *pts;
    const uint8_t *pixels;
};

/* NULL where there are none to be played. */
const struct pictures *played_pictures(void);

/* The place of the picture with this stamp; -1 where there is none. */
int picture_with(const struct pictures *pictures, int64_t pts);

/* Bytes of a picture with these strides, in NV12 or, with as many rows of chroma, in NV16. */
size_t picture_bytes(
    const struct pictures *pictures, size_t horizontal_stride, size_t vertical_stride);
void write_picture(const struct pictures *pictures, int index, uint8_t *to,
                   size_t horizontal_stride, size_t vertical_stride);

#endif
