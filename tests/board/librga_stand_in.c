/* A stand-in for librga 1.10: plays the RGA of an RK3588, for tests only.
 *
 * It maps what is imported, scales (bilinear) and colours NV12 into RGB or BGRA, and is as strict as the
 * library, the driver and an RGA3 are together: sizes, strides, even places, rectangles within the
 * picture, handles that are not there or not any more. Every call is a line in a log, and so is
 * every broken rule; what is still imported at the end of the process is one, too.
 *
 * Environment: STAND_IN_LOG, path of the log; STAND_IN_FAIL, the call that fails: import_fd@N,
 * import_address@N, check@N, process@N, rga-crash@N and rga-hang@N (the Nth process ends the
 * program or never comes back), N from 1, or 0 for all of them; STAND_IN_RGA, what it does wrong:
 * `swapped` gives blue for red, `one-matrix` takes every picture for BT.601 of limited range;
 * `rga2` plays a chip without an RGA3.
 *
 * For a process that plays several boards one after the other: stand_in_rga_reset,
 * stand_in_rga_held.
 */
#define _GNU_SOURCE
#include "played_log.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SUCCESS = 1, NO_ERROR = 2, NOT_SUPPORTED = -1, INVALID = -3, ILLEGAL = -4, FAILED = 0 };
enum { NV12 = 0xa00, RGB = 0x200, BGRA = 0x300, BGR = 0x700 };
enum { BT601_LIMITED = 1, BT601_FULL = 2, BT709_LIMITED = 3 };
enum { WAITS = 1 << 19, CONFIG_CORES = 0, QUERY_VERSION = 1, MOST_HANDLES = 64 };
enum { LEAST_WIDTH = 68, LEAST_HEIGHT = 2, MOST_SOURCE = 8176, MOST_TARGET = 8128, MOST_SCALE = 8 };

struct param {
    uint32_t width, height, format;
};

struct rect {
    int x, y, width, height;
};

struct buffer {
    void *address, *physical;
    int fd, width, height, wstride, hstride, format, colours, alpha, mode, fill, key[2], nn[6], rop;
    uint32_t handle;
};

struct imported {
    uint8_t *memory;
    size_t size;
    bool is_mapped;
};

static struct imported table[MOST_HANDLES];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int fds, addresses, checks, processes;

static bool plays(const char *what) {
    const char *wanted = getenv("STAND_IN_RGA");
    return wanted && strcmp(wanted, what) == 0;
}

static bool fails_now(const char *call, int number) { return fails(call, number) || fails(call, 0); }

/* Of a pixel in a row; 0 for what is not played. */
static size_t step_of(int format) {
    switch (format) {
    case NV12:
        return 1;
    case RGB:
    case BGR:
        return 3;
    case BGRA:
        return 4;
    default:
        return 0;
    }
}

static size_t bytes_of(int format, size_t width, size_t height) {
    size_t samples = width * height * step_of(format);
    return format == NV12 ? samples * 3 / 2 : samples;
}

static uint32_t add(uint8_t *memory, size_t size, bool is_mapped) {
    for (uint32_t handle = 1; handle < MOST_HANDLES; handle++)
        if (!table[handle].memory) {
            table[handle] = (struct imported){memory, size, is_mapped};
            return handle;
        }
    note("broken import: %d handles are held", MOST_HANDLES - 1);
    return 0;
}

static void drop(uint32_t handle) {
    if (table[handle].is_mapped)
        munmap(table[handle].memory, table[handle].size);
    table[handle] = (struct imported){0};
}

uint32_t importbuffer_fd(int fd, const struct param *param) {
    pthread_mutex_lock(&lock);
    uint32_t handle = 0;
    struct stat found;
    size_t size = param ? bytes_of((int)param->format, param->width, param->height) : 0;
    note("import_fd %d %zu", fd, size);
    if (fails_now("import_fd", ++fds)) {
    } else if (!size || fstat(fd, &found) != 0 || (size_t)found.st_size < size) {
        note("broken import_fd %d: %zu bytes are not there", fd, size);
    } else {
        void *memory = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
        handle = memory == MAP_FAILED ? 0 : add(memory, size, true);
    }
    pthread_mutex_unlock(&lock);
    return handle;
}

uint32_t importbuffer_virtualaddr(void *address, const struct param *param) {
    pthread_mutex_lock(&lock);
    uint32_t handle = 0;
    size_t size = param ? bytes_of((int)param->format, param->width, param->height) : 0;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    note("import_address %zu", size);
    if (fails_now("import_address", ++addresses)) {
    } else if (!size || (uintptr_t)address % page) {
        note("broken import_address: no size, or no begin of a page");
    } else {
        /* Says ENOMEM where a page of it is not mapped. */
        unsigned char *there = malloc(size / page + 1);
        if (mincore(address, size, there) != 0)
            note("broken import_address: %zu bytes are not there", size);
        else
            handle = add(address, size, false);
        free(there);
    }
    pthread_mutex_unlock(&lock);
    return handle;
}

int releasebuffer_handle(uint32_t handle) {
    pthread_mutex_lock(&lock);
    bool is_there = handle && handle < MOST_HANDLES && table[handle].memory;
    note("release %u", handle);
    if (is_there)
        drop(handle);
    else
        note("broken release: there is no handle %u", handle);
    pthread_mutex_unlock(&lock);
    return is_there ? SUCCESS : INVALID;
}

struct buffer wrapbuffer_handle_t(uint32_t handle, int width, int height, int wstride, int hstride,
                                  int format) {
    return (struct buffer){.handle = handle,
                           .width = width,
                           .height = height,
                           .wstride = wstride,
                           .hstride = hstride,
                           .format = format,
                           .alpha = 0xff};
}

/* What is wrong with a picture and the part of it; NULL for nothing. */
static const char *wrong_with(struct buffer buffer, struct rect part, int most) {
    if (buffer.width <= 0 || buffer.height <= 0 || buffer.wstride < buffer.width ||
        buffer.hstride < buffer.height)
        return "sizes and strides";
    if (part.x < 0 || part.y < 0 || part.width < LEAST_WIDTH || part.height < LEAST_HEIGHT ||
        part.x + part.width > buffer.width || part.y + part.height > buffer.height)
        return "the rectangle";
    if (buffer.width > most || buffer.height > most)
        return "the resolution";
    if ((size_t)buffer.wstride * step_of(buffer.format) % 16)
        return "the alignment of rows";
    if (buffer.format == NV12 && (part.x | part.y | part.width | part.height | buffer.width |
                                  buffer.height | buffer.wstride | buffer.hstride) & 1)
        return "an odd number in NV12";
    if (buffer.handle >= MOST_HANDLES || !table[buffer.handle].memory)
        return "a handle that is not there";
    size_t size = bytes_of(buffer.format, (size_t)buffer.wstride, (size_t)buffer.hstride);
    if (!size || size > table[buffer.handle].size)
        return "more than was imported";
    return NULL;
}

static bool is_beyond(int from, int to) { return from > to * MOST_SCALE || to > from * MOST_SCALE; }

static int checked(const char *call, struct buffer source, struct buffer target, struct rect area,
                   struct rect into, int usage) {
    const char *wrong = NULL;
    if (source.format != NV12 || step_of(target.format) < 3)
        wrong = "the formats";
    else if (!(wrong = wrong_with(source, area, MOST_SOURCE)))
        wrong = wrong_with(target, into, MOST_TARGET);
    if (!wrong && (is_beyond(area.width, into.width) || is_beyond(area.height, into.height)))
        wrong = "the scale";
    if (!wrong && (target.colours < BT601_LIMITED || target.colours > BT709_LIMITED))
        wrong = "the colours";
    if (!wrong && !(usage & WAITS))
        wrong = "a call that does not wait";
    if (!wrong)
        return NO_ERROR;
    note("broken %s: %s", call, wrong);
    return ILLEGAL;
}

int imcheck_t(struct buffer source, struct buffer target, struct buffer pattern, struct rect area,
              struct rect into, struct rect pattern_area, int usage) {
    (void)pattern, (void)pattern_area;
    pthread_mutex_lock(&lock);
    int status = checked("check", source, target, area, into, usage);
    if (fails_now("check", ++checks))
        status = NOT_SUPPORTED;
    pthread_mutex_unlock(&lock);
    return status;
}

/* A sample between those of a plane, `step` bytes apart; x and y are in the plane's pixels. */
static float sample(const uint8_t *plane, size_t pitch, int step, struct rect part, float x, float y) {
    float right = (float)(part.x + part.width - 1), bottom = (float)(part.y + part.height - 1);
    x = x < (float)part.x ? (float)part.x : x > right ? right : x;
    y = y < (float)part.y ? (float)part.y : y > bottom ? bottom : y;
    int left = (int)x, top = (int)y;
    int next_x = left < (int)right ? left + 1 : left, next_y = top < (int)bottom ? top + 1 : top;
    float across = x - (float)left, down = y - (float)top;
    const uint8_t *above = plane + (size_t)top * pitch, *below = plane + (size_t)next_y * pitch;
    float upper = above[left * step] * (1 - across) + above[next_x * step] * across;
    float lower = below[left * step] * (1 - across) + below[next_x * step] * across;
    return upper * (1 - down) + lower * down;
}

static uint8_t whole(float value) {
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value + 0.5f);
}

/* The weights of red and blue are those of ITU-R BT.601 and BT.709. */
static void colour(int colours, float y, float u, float v, float *rgb) {
    float red = colours == BT709_LIMITED ? 0.2126f : 0.299f;
    float blue = colours == BT709_LIMITED ? 0.0722f : 0.114f;
    bool is_full = colours == BT601_FULL;
    float luma = is_full ? y : (y - 16) * 255 / 219;
    float cb = (u - 128) * (is_full ? 1 : 255.0f / 224), cr = (v - 128) * (is_full ? 1 : 255.0f / 224);
    rgb[0] = luma + 2 * (1 - red) * cr;
    rgb[2] = luma + 2 * (1 - blue) * cb;
    rgb[1] = (luma - red * rgb[0] - blue * rgb[2]) / (1 - red - blue);
}

static void scale(struct buffer source, struct buffer target, struct rect area, struct rect into) {
    const uint8_t *luma = table[source.handle].memory;
    const uint8_t *chroma = luma + (size_t)source.wstride * (size_t)source.hstride;
    struct rect half = {area.x / 2, area.y / 2, area.width / 2, area.height / 2};
    int colours = plays("one-matrix") ? BT601_LIMITED : target.colours;
    bool is_bgr = (target.format != RGB) != plays("swapped");
    size_t pitch = (size_t)source.wstride, step = step_of(target.format);
    for (int row = 0; row < into.height; row++) {
        uint8_t *pixel = table[target.handle].memory +
                         ((size_t)(into.y + row) * (size_t)target.wstride + (size_t)into.x) * step;
        float y = ((float)row + 0.5f) * (float)area.height / (float)into.height;
        for (int column = 0; column < into.width; column++, pixel += step) {
            float x = ((float)column + 0.5f) * (float)area.width / (float)into.width, rgb[3];
            float at_x = (float)half.x + x / 2 - 0.5f, at_y = (float)half.y + y / 2 - 0.5f;
            colour(colours,
                   sample(luma, pitch, 1, area, (float)area.x + x - 0.5f, (float)area.y + y - 0.5f),
                   sample(chroma, pitch, 2, half, at_x, at_y),
                   sample(chroma + 1, pitch, 2, half, at_x, at_y), rgb);
            pixel[0] = whole(rgb[is_bgr ? 2 : 0]);
            pixel[1] = whole(rgb[1]);
            pixel[2] = whole(rgb[is_bgr ? 0 : 2]);
            if (step == 4)
                pixel[3] = 255;
        }
    }
}

int improcess(struct buffer source, struct buffer target, struct buffer pattern, struct rect area,
              struct rect into, struct rect pattern_area, int usage) {
    (void)pattern, (void)pattern_area;
    pthread_mutex_lock(&lock);
    int number = ++processes;
    note("process %dx%d [%d,%d,%d,%d] %dx%d", source.width, source.height, area.x, area.y,
         area.width, area.height, into.width, into.height);
    if (fails_now("rga-crash", number))
        abort();
    while (fails_now("rga-hang", number))
        pause();
    int status = checked("process", source, target, area, into, usage);
    if (fails_now("process", number))
        status = FAILED;
    if (status == NO_ERROR) {
        scale(source, target, area, into);
        status = SUCCESS;
    }
    pthread_mutex_unlock(&lock);
    return status;
}

int imconfig(int name, uint64_t value) {
    note("config %d %llu", name, (unsigned long long)value);
    if (name == CONFIG_CORES && value && value < 16 && !(plays("rga2") && value & 3))
        return SUCCESS;
    note("broken config %d: %llu", name, (unsigned long long)value);
    return ILLEGAL;
}

int imsync(int fence) {
    note("broken imsync %d: nothing runs on", fence);
    return ILLEGAL;
}

/* The older interface, which FFmpeg's filters use. */
int c_RkRgaBlit(void *source, void *target, void *pattern) {
    (void)source, (void)target, (void)pattern;
    note("broken blit: it is not played");
    return -1;
}

const char *querystring(int name) {
    if (name != QUERY_VERSION)
        return "";
    if (plays("rga2"))
        return "RGA_api version       : v1.10.4_[1]\nRGA version           : RGA_2_Enhance \n";
    return "RGA_api version       : v1.10.4_[1]\nRGA version           : RGA_3 RGA_2_Enhance \n";
}

const char *imStrError_t(int status) {
    switch (status) {
    case NO_ERROR:
    case SUCCESS:
        return "Run successfully";
    case NOT_SUPPORTED:
        return "Unsupported function: played";
    case INVALID:
    case ILLEGAL:
        return "Illegal parameters: played";
    default:
        return "Fatal error: played";
    }
}

int stand_in_rga_held(void) {
    int held = 0;
    for (int handle = 1; handle < MOST_HANDLES; handle++)
        held += table[handle].memory != NULL;
    return held;
}

void stand_in_rga_reset(void) {
    for (uint32_t handle = 1; handle < MOST_HANDLES; handle++)
        if (table[handle].memory)
            drop(handle);
    fds = addresses = checks = processes = 0;
}

__attribute__((destructor)) static void look_for_leaks(void) {
    if (stand_in_rga_held())
        note("broken end: %d handles are left", stand_in_rga_held());
}
