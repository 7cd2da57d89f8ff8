#include "played_bitstream.h"

enum { H264_IDR = 5, H264_PARAMETERS = 7, HEVC_FIRST_IRAP = 16, HEVC_LAST_IRAP = 21,
       HEVC_PARAMETERS = 33 };

/* Whether one of the units (NAL) is of a type from `first` to `last`. */
static bool has_unit(enum coding coding, const uint8_t *bytes, size_t size, int first, int last) {
    for (size_t at = 0; at + 3 < size; at++) {
        if (bytes[at] != 0 || bytes[at + 1] != 0 || bytes[at + 2] != 1)
            continue;
        int head = bytes[at + 3];
        int type = coding == CODING_HEVC ? head >> 1 & 0x3f : head & 0x1f;
        if (type >= first && type <= last)
            return true;
    }
    return false;
}

bool needs_no_reference(enum coding coding, const uint8_t *bytes, size_t size) {
    if (coding == CODING_MJPEG)
        return true;
    if (coding == CODING_HEVC)
        return has_unit(coding, bytes, size, HEVC_FIRST_IRAP, HEVC_LAST_IRAP);
    return has_unit(coding, bytes, size, H264_IDR, H264_IDR);
}

bool has_parameters(enum coding coding, const uint8_t *bytes, size_t size) {
    if (coding == CODING_MJPEG)
        return size > 2 && bytes[0] == 0xff && bytes[1] == 0xd8;
    int type = coding == CODING_HEVC ? HEVC_PARAMETERS : H264_PARAMETERS;
    return has_unit(coding, bytes, size, type, type);
}
