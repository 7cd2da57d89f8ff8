/* Frames and packets of the played video unit. What ended stays in memory, so that its use is told. */
#ifndef PLAYED_FRAMES_H
#define PLAYED_FRAMES_H

#include "played_buffers.h"

#include <stdbool.h>
#include <stdint.h>

struct packet;

/* Of a frame the packet it was made of, or of a packet the frame it shall be written into. */
struct meta {
    struct frame *frame;
    struct packet *packet;
};

struct frame {
    bool has_ended, is_lent;
    bool is_last, tells_size;
    uint32_t width, height, format, horizontal_stride, vertical_stride, error;
    int64_t pts;
    struct buffer *buffer;
    struct meta meta;
};

struct packet {
    bool has_ended, is_last, has_meta;
    const uint8_t *bytes;
    size_t size;
    int64_t pts;
    struct buffer *buffer;
    struct meta meta;
};

struct frame *make_frame(void);
void end_frame(struct frame *frame);

/* The packet with a copy of its bytes, which is then the unit's. */
struct packet *copy_packet(const struct packet *packet);
void end_packet(struct packet *packet);

/* Marks a frame as handed out; gives how many there are. */
int lend_frame(struct frame *frame);
int most_lent(void);

#endif
