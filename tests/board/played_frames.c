#include "played_frames.h"

#include "mpp_stand_in.h"
#include "played_log.h"

#include <stdlib.h>
#include <string.h>

static int lent, most;

struct frame *make_frame(void) {
    return calloc(1, sizeof(struct frame));
}

int lend_frame(struct frame *frame) {
    frame->is_lent = true;
    lent++;
    if (lent > most)
        most = lent;
    return lent;
}

int most_lent(void) {
    return most;
}

void end_frame(struct frame *frame) {
    if (frame->has_ended) {
        note("broken mpp: a frame with pts %lld is ended twice", (long long)frame->pts);
        return;
    }
    frame->has_ended = true;
    lent -= frame->is_lent;
    drop_buffer(frame->buffer);
}

struct packet *copy_packet(const struct packet *packet) {
    struct packet *copy = calloc(1, sizeof *copy);
    uint8_t *bytes = malloc(packet->size + 1);
    memcpy(bytes, packet->bytes, packet->size);
    *copy = *packet;
    copy->bytes = bytes;
    return copy;
}

void end_packet(struct packet *packet) {
    if (packet->has_ended) {
        note("broken mpp: a packet with pts %lld is ended twice", (long long)packet->pts);
        return;
    }
    packet->has_ended = true;
    drop_buffer(packet->buffer);
}

int mpp_frame_init(void **frame) {
    *frame = make_frame();
    return OK;
}

int mpp_frame_deinit(void **frame) {
    if (!frame || !*frame)
        return NULL_POINTER;
    pthread_mutex_lock(&unit_lock);
    end_frame(*frame);
    pthread_mutex_unlock(&unit_lock);
    *frame = NULL;
    return OK;
}

void mpp_frame_set_buffer(void *handle, void *buffer) {
    struct frame *frame = handle;
    pthread_mutex_lock(&unit_lock);
    if (buffer)
        hold_buffer(buffer);
    drop_buffer(frame->buffer);
    frame->buffer = buffer;
    pthread_mutex_unlock(&unit_lock);
}

/* The frame of a handle, which must not have ended. */
static const struct frame *alive(const void *handle) {
    const struct frame *frame = handle;
    if (frame->has_ended)
        note("broken mpp: a frame with pts %lld is asked after its end", (long long)frame->pts);
    return frame;
}

#define TELLS(type, name, value)              \
    type mpp_frame_get_##name(void *handle) { \
        const struct frame *frame = alive(handle); \
        (void)frame;                          \
        return value;                         \
    }

TELLS(void *, buffer, frame->buffer)
TELLS(size_t, buf_size, frame->buffer ? frame->buffer->size : 0)
TELLS(uint32_t, width, frame->width)
TELLS(uint32_t, height, frame->height)
TELLS(uint32_t, hor_stride, frame->horizontal_stride)
TELLS(uint32_t, ver_stride, frame->vertical_stride)
TELLS(uint32_t, offset_y, 0)
TELLS(uint32_t, mode, 0)
TELLS(uint32_t, fmt, frame->format)
TELLS(int64_t, pts, frame->pts)
TELLS(uint32_t, discard, 0)
TELLS(uint32_t, errinfo, frame->error)
TELLS(uint32_t, eos, frame->is_last)
TELLS(uint32_t, info_change, frame->tells_size)
TELLS(int, color_range, 0)
TELLS(int, color_primaries, PRIMARIES_UNSPECIFIED)
TELLS(int, color_trc, TRANSFER_UNSPECIFIED)
TELLS(int, colorspace, SPACE_UNSPECIFIED)
TELLS(int, chroma_location, 0)
TELLS(struct ratio, sar, ((struct ratio){1, 1}))
TELLS(struct mastering_display, mastering_display, ((struct mastering_display){.most = 0}))
TELLS(struct content_light, content_light, ((struct content_light){.most = 0}))

void *mpp_frame_get_meta(void *frame) {
    return &((struct frame *)frame)->meta;
}

int mpp_packet_init(void **handle, void *data, size_t size) {
    struct packet *packet = calloc(1, sizeof *packet);
    packet->bytes = data;
    packet->size = size;
    *handle = packet;
    return OK;
}

int mpp_packet_init_with_buffer(void **handle, void *data) {
    struct buffer *buffer = data;
    mpp_packet_init(handle, buffer->bytes, buffer->size);
    struct packet *packet = *handle;
    pthread_mutex_lock(&unit_lock);
    hold_buffer(buffer);
    pthread_mutex_unlock(&unit_lock);
    packet->buffer = buffer;
    return OK;
}

int mpp_packet_deinit(void **packet) {
    if (!packet || !*packet)
        return NULL_POINTER;
    pthread_mutex_lock(&unit_lock);
    end_packet(*packet);
    pthread_mutex_unlock(&unit_lock);
    *packet = NULL;
    return OK;
}

void mpp_packet_set_pts(void *packet, int64_t pts) {
    ((struct packet *)packet)->pts = pts;
}

int mpp_packet_set_eos(void *packet) {
    ((struct packet *)packet)->is_last = true;
    return OK;
}

int32_t mpp_packet_has_meta(void *packet) {
    return ((struct packet *)packet)->has_meta;
}

void *mpp_packet_get_meta(void *packet) {
    ((struct packet *)packet)->has_meta = true;
    return &((struct packet *)packet)->meta;
}

int mpp_meta_set_frame(void *meta, int key, void *frame) {
    if (key != OUTPUT_FRAME)
        return NOK;
    ((struct meta *)meta)->frame = frame;
    return OK;
}

int mpp_meta_get_packet(void *handle, int key, void **packet) {
    struct meta *meta = handle;
    if (key != INPUT_PACKET || !meta->packet)
        return NOK;
    *packet = meta->packet;
    meta->packet = NULL;
    return OK;
}
