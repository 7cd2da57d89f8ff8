/* A stand-in for Rockchip's librockchip_mpp: plays the decoders of a video unit, for tests only.
 *
 * It decodes nothing: for the packet with a stamp it gives the picture with that stamp of a file that
 * the test has made of the same clip (played_pictures.c). What is as of a real one is the order of
 * calls, and when there is a picture: the size is told first, and the decoding goes on once the
 * memory for it is there; a picture comes some packets after its own; of the buffers, which are as
 * many as the program allows, some hold the references, and where all others are lent, the unit
 * waits and takes no more packets. A picture whose reference is missing or damaged is given as an
 * error, until the next one that needs none. What the program does that it must not is a line
 * `broken mpp` in the log, and so is each picture that it gets (played_buffers.c, played_frames.c).
 *
 * It is loaded before the library of the wheel (LD_PRELOAD). There is no encoder: none opens.
 *
 * Environment: STAND_IN_LOG, path of the log; STAND_IN_MPP_PICTURES, the pictures, without which the
 * unit does not open; STAND_IN_MPP_PLAYS, words with commas between them: refuses (no decoder
 * opens), holds=N (no picture before there are N packets), damaged=N (picture N, from 0, is an
 * error), hangs=N (asked for a picture after N of them, it never comes back).
 */
#define _GNU_SOURCE
#include "mpp_stand_in.h"
#include "played_bitstream.h"
#include "played_buffers.h"
#include "played_frames.h"
#include "played_log.h"
#include "played_pictures.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MAX_QUEUED = 4, MAX_HELD = 128, MAX_READY = 128, REFERENCES = 4, DELAY = 2 };

/* What the kernel's driver and its memory are reached by. */
#define DEVICE "/dev/mpp_service"
#define MEMORY "/dev/dma_heap/system"

enum state { CLOSED, SIZE_UNKNOWN, SIZE_TOLD, DECODING };

struct unit {
    int number;
    enum coding coding;
    enum state state;
    int32_t timeout_ms;
    struct group *group;
    struct packet *packets[MAX_HELD + MAX_QUEUED];
    struct frame *frames[MAX_READY];
    int queued, ready, taken, given, waits, last_index;
    bool is_broken, has_ended;
    struct buffer *references[REFERENCES];
};

static int units_made;

/* The number of a word of STAND_IN_MPP_PLAYS, 0 for one without; -1 where it is not there. */
static int plays(const char *word) {
    const char *words = getenv("STAND_IN_MPP_PLAYS");
    const char *found = words ? strstr(words, word) : NULL;
    if (!found)
        return -1;
    found += strlen(word);
    return *found == '=' ? atoi(found + 1) : 0;
}

static uint32_t aligned(uint32_t value, uint32_t unit) {
    return (value + unit - 1) / unit * unit;
}

static struct frame *frame_of(const struct pictures *pictures, struct frame *frame) {
    frame->width = pictures->width;
    frame->height = pictures->height;
    frame->format = pictures->chroma_rows == pictures->height ? NV16 : NV12;
    frame->horizontal_stride = aligned(pictures->width, 64);
    frame->vertical_stride = aligned(pictures->height, 16);
    return frame;
}

static void push_frame(struct unit *unit, struct frame *frame) {
    if (unit->ready == MAX_READY)
        abort();
    unit->frames[unit->ready++] = frame;
}

static struct packet *pop_packet(struct unit *unit) {
    struct packet *packet = unit->packets[0];
    unit->queued--;
    memmove(unit->packets, unit->packets + 1, (size_t)unit->queued * sizeof *unit->packets);
    return packet;
}

/* What is wrong with the picture of this packet; 0 where it is whole. */
static uint32_t error_of(struct unit *unit, const struct packet *packet, int index) {
    if (needs_no_reference(unit->coding, packet->bytes, packet->size))
        unit->is_broken = false;
    else if (unit->is_broken || index != unit->last_index + 1)
        unit->is_broken = true;
    unit->last_index = index;
    if (index == plays("damaged")) {
        unit->is_broken = true;
        return ERROR_OF_HARDWARE;
    }
    return unit->is_broken ? ERROR_OF_REFERENCE : 0;
}

static void keep_reference(struct unit *unit, struct buffer *buffer) {
    struct buffer **place = &unit->references[unit->taken % REFERENCES];
    drop_buffer(*place);
    hold_buffer(buffer);
    *place = buffer;
}

/* The frame that a packet's picture is written into; NULL where there is no memory for it now. */
static struct frame *frame_for(struct unit *unit, const struct packet *packet) {
    const struct pictures *pictures = played_pictures();
    if (packet->meta.frame)
        return frame_of(pictures, packet->meta.frame);
    struct frame *frame = frame_of(pictures, make_frame());
    size_t size = picture_bytes(pictures, frame->horizontal_stride, frame->vertical_stride);
    frame->buffer = take_buffer(unit->group, size);
    return frame->buffer ? frame : NULL;
}

/* A packet that goes back to the program with its frame is ended by the program. */
static void end_taken(struct packet *packet, struct frame *frame) {
    if (packet->meta.frame)
        frame->meta.packet = packet;
    else
        end_packet(packet);
}

/* Makes a frame of the first packet; false where it has to wait. */
static bool decode_one(struct unit *unit) {
    struct packet *packet = unit->packets[0];
    const struct pictures *pictures = played_pictures();
    if (packet->is_last) {
        struct frame *frame = make_frame();
        frame->is_last = unit->has_ended = true;
        push_frame(unit, frame);
        end_packet(pop_packet(unit));
        return true;
    }
    int index = picture_with(pictures, packet->pts);
    if (index < 0) {
        note("broken mpp: a packet with pts %lld, which the clip has not", (long long)packet->pts);
        end_packet(pop_packet(unit));
        return true;
    }
    struct frame *frame = frame_for(unit, packet);
    if (!frame) {
        unit->waits++;
        return false;
    }
    frame->pts = packet->pts;
    frame->error = error_of(unit, packet, index);
    if (!frame->error)
        write_picture(pictures, index, frame->buffer->bytes, frame->horizontal_stride,
                      frame->vertical_stride);
    if (unit->coding != CODING_MJPEG)
        keep_reference(unit, frame->buffer);
    unit->taken++;
    push_frame(unit, frame);
    end_taken(pop_packet(unit), frame);
    return true;
}

static void tell_size(struct unit *unit) {
    const struct packet *packet = unit->packets[0];
    if (!has_parameters(unit->coding, packet->bytes, packet->size))
        note("broken mpp: the first packet has no parameter sets");
    unit->last_index = -1;
    if (unit->coding == CODING_MJPEG) {
        unit->state = DECODING;
        return;
    }
    struct frame *frame = frame_of(played_pictures(), make_frame());
    frame->tells_size = true;
    push_frame(unit, frame);
    unit->state = SIZE_TOLD;
}

/* Whether the unit still gathers packets before it begins. */
static bool gathers(const struct unit *unit) {
    return unit->taken == 0 && unit->queued < plays("holds") &&
           !unit->packets[unit->queued - 1]->is_last;
}

static void work(struct unit *unit) {
    if (unit->queued && unit->state == SIZE_UNKNOWN && !unit->packets[0]->is_last)
        tell_size(unit);
    if (unit->queued && unit->state == SIZE_UNKNOWN)
        unit->state = DECODING;
    while (unit->queued && unit->state == DECODING && !gathers(unit))
        if (!decode_one(unit))
            break;
}

static int put_packet(void *handle, void *given) {
    struct unit *unit = handle;
    struct packet *packet = given;
    if (unit->state == CLOSED)
        return NOT_INITIALISED;
    pthread_mutex_lock(&unit_lock);
    work(unit);
    int most = plays("holds") > 0 ? plays("holds") + MAX_QUEUED : MAX_QUEUED;
    bool is_full = !packet->is_last && unit->queued >= most;
    if (!is_full) {
        if (unit->has_ended)
            note("broken mpp: a packet after the last one");
        unit->packets[unit->queued++] = packet->buffer ? packet : copy_packet(packet);
        work(unit);
    }
    pthread_mutex_unlock(&unit_lock);
    return is_full ? BUFFER_FULL : OK;
}

/* The frame that there is now; NULL where it is to be waited for. */
static struct frame *pop_frame(struct unit *unit) {
    work(unit);
    int delay = unit->has_ended || unit->coding == CODING_MJPEG ? 0 : DELAY;
    if (unit->ready == 0 || (unit->ready <= delay && !unit->frames[0]->tells_size))
        return NULL;
    struct frame *frame = unit->frames[0];
    unit->ready--;
    memmove(unit->frames, unit->frames + 1, (size_t)unit->ready * sizeof *unit->frames);
    return frame;
}

/* Waits for a change as long as the program wants; false when that time is over. */
static bool wait_for_change(const struct unit *unit, const struct timespec *end) {
    if (unit->timeout_ms < 0)
        return pthread_cond_wait(&unit_changed, &unit_lock) == 0;
    return unit->timeout_ms > 0 &&
           pthread_cond_timedwait(&unit_changed, &unit_lock, end) != ETIMEDOUT;
}

static struct frame *await_frame(struct unit *unit) {
    struct timespec end;
    clock_gettime(CLOCK_REALTIME, &end);
    int64_t nanoseconds = end.tv_nsec + unit->timeout_ms * 1000000LL;
    end.tv_sec += nanoseconds / 1000000000;
    end.tv_nsec = nanoseconds % 1000000000;
    struct frame *frame;
    while (!(frame = pop_frame(unit)))
        if (!wait_for_change(unit, &end))
            break;
    return frame;
}

static void note_frame(struct unit *unit, struct frame *frame) {
    int index = picture_with(played_pictures(), frame->pts);
    if (frame->tells_size || frame->is_last)
        note("mpp %s of %d", frame->is_last ? "end" : "size", unit->number);
    else if (frame->error)
        note("mpp error %d", index);
    else
        note("mpp picture %d, %d lent", index, lend_frame(frame));
    unit->given += !frame->tells_size && !frame->is_last;
}

static int get_frame(void *handle, void **frame) {
    struct unit *unit = handle;
    *frame = NULL;
    if (unit->state == CLOSED)
        return NOT_INITIALISED;
    pthread_mutex_lock(&unit_lock);
    bool hangs = unit->given == plays("hangs");
    if (!hangs && (*frame = await_frame(unit)))
        note_frame(unit, *frame);
    pthread_mutex_unlock(&unit_lock);
    if (hangs) {
        note("mpp hangs");
        pause();
    }
    return *frame || unit->timeout_ms == 0 ? OK : TIMED_OUT;
}

static int reset(void *handle) {
    struct unit *unit = handle;
    if (unit->state == CLOSED)
        return NOT_INITIALISED;
    pthread_mutex_lock(&unit_lock);
    while (unit->queued)
        end_packet(pop_packet(unit));
    while (unit->ready) {
        struct frame *frame = unit->frames[--unit->ready];
        if (frame->meta.packet)
            end_packet(frame->meta.packet);
        end_frame(frame);
    }
    for (int place = 0; place < REFERENCES; place++) {
        drop_buffer(unit->references[place]);
        unit->references[place] = NULL;
    }
    unit->has_ended = false;
    unit->is_broken = true;
    note("mpp reset %d", unit->number);
    pthread_mutex_unlock(&unit_lock);
    return OK;
}

static int set_ready(struct unit *unit) {
    if (unit->coding != CODING_MJPEG && unit->state != SIZE_TOLD)
        note("broken mpp: memory is told to be ready before the size is known");
    else if (!unit->group || !unit->group->limit)
        note("broken mpp: memory is told to be ready without a bounded group of buffers");
    unit->state = DECODING;
    return OK;
}

static int control(void *handle, int command, void *value) {
    struct unit *unit = handle;
    switch (command) {
    case SET_OUTPUT_TIMEOUT:
        unit->timeout_ms = *(int32_t *)value;
        return OK;
    case SET_BUFFER_GROUP:
        unit->group = value;
        return OK;
    case SET_SIZE_READY:
        return set_ready(unit);
    case SET_FAST_PARSER:
    case SET_DEINTERLACING:
        return OK;
    default:
        note("broken mpp: control %#x is not played", command);
        return NOK;
    }
}

static struct mpp_api api = {
    .size = sizeof api,
    .put_packet = put_packet,
    .get_frame = get_frame,
    .reset = reset,
    .control = control,
};

int mpp_check_support_format(int kind, int coding) {
    bool is_played = coding == CODING_H264 || coding == CODING_HEVC || coding == CODING_MJPEG;
    return kind == DECODES && is_played ? OK : NOK;
}

int mpp_create(void **context, struct mpp_api **calls) {
    struct unit *unit = calloc(1, sizeof *unit);
    unit->number = ++units_made;
    *context = unit;
    *calls = &api;
    return OK;
}

static bool opens(const char *path) {
    int file = open(path, O_RDWR | O_CLOEXEC);
    if (file >= 0)
        close(file);
    else
        fprintf(stderr, "mpp: cannot open %s: %s\n", path, strerror(errno));
    return file >= 0;
}

int mpp_init(void *context, int kind, int coding) {
    struct unit *unit = context;
    bool is_open = plays("refuses") < 0 && mpp_check_support_format(kind, coding) == OK &&
                   played_pictures() && opens(DEVICE) && opens(MEMORY);
    unit->coding = (enum coding)coding;
    unit->state = is_open ? SIZE_UNKNOWN : CLOSED;
    note("mpp init %d of coding %#x -> %d", unit->number, coding, is_open ? OK : NOK);
    return is_open ? OK : NOK;
}

int mpp_destroy(void *context) {
    struct unit *unit = context;
    note("mpp destroy %d: %d given, %d lent at most, %d waits", unit->number, unit->given,
         most_lent(), unit->waits);
    if (unit->queued || unit->ready)
        note("broken mpp: decoder %d ends without a reset", unit->number);
    free(unit);
    return OK;
}
