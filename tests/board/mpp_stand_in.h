/* The types of Rockchip's librockchip_mpp that a user of its decoders meets, as far as the stand-in
 * plays them. Handles are void pointers there, so that nothing but MppApi has a layout to be met. */
#ifndef MPP_STAND_IN_H
#define MPP_STAND_IN_H

#include <stddef.h>
#include <stdint.h>

enum code {
    OK = 0,
    NOK = -1,
    UNKNOWN = -2,
    NULL_POINTER = -3,
    NO_SUCH_VALUE = -6,
    TIMED_OUT = -8,
    NOT_INITIALISED = -1002,
    BUFFER_FULL = -1012,
};

enum kind { DECODES = 0, ENCODES = 1 };
enum coding { CODING_H264 = 7, CODING_MJPEG = 8, CODING_HEVC = 0x1000004 };
enum buffer_mode { INTERNAL = 0, EXTERNAL = 1 };

enum command {
    SET_OUTPUT_TIMEOUT = 0x200007,
    SET_BUFFER_GROUP = 0x310002,
    SET_SIZE_READY = 0x310003,
    SET_FAST_PARSER = 0x310006,
    SET_DEINTERLACING = 0x31000d,
};

/* What a frame says of itself besides its pixels. */
enum { NV12 = 0, NV16 = 2 };
enum { PRIMARIES_UNSPECIFIED = 2, TRANSFER_UNSPECIFIED = 2, SPACE_UNSPECIFIED = 2 };
enum { ERROR_OF_HARDWARE = 0x100, ERROR_OF_REFERENCE = 0x200 };

enum meta_key { OUTPUT_FRAME = 0x6f66726d, INPUT_PACKET = 0x69706b74 };

struct ratio {
    int32_t numerator, denominator;
};

struct mastering_display {
    uint16_t primaries[3][2], white_point[2];
    uint32_t most, least;
};

struct content_light {
    uint16_t most, most_of_a_frame;
};

struct mpp_api {
    uint32_t size, version;
    int (*decode)(void *context, void *packet, void **frame);
    int (*put_packet)(void *context, void *packet);
    int (*get_frame)(void *context, void **frame);
    /* Of the encoder, the image processor and the task interface: not played. */
    void *not_played[9];
    int (*reset)(void *context);
    int (*control)(void *context, int command, void *value);
    uint32_t reserved[16];
};

#endif
