#define _GNU_SOURCE
#include "played_buffers.h"

#include "mpp_stand_in.h"
#include "played_log.h"

#include <linux/dma-buf.h>
#include <linux/ioctl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { NEVER_WRITTEN = 0xdd, MAX_FILES = 1024 };

pthread_mutex_t unit_lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
pthread_cond_t unit_changed = PTHREAD_COND_INITIALIZER;

static int groups_made;
static struct buffer *by_file[MAX_FILES];

static void close_buffer(struct buffer *buffer) {
    by_file[buffer->file] = NULL;
    munmap(buffer->bytes, buffer->size);
    close(buffer->file);
    buffer->bytes = NULL;
    buffer->file = -1;
}

static struct buffer *make_buffer(struct group *group, int place, size_t size) {
    int file = memfd_create("video unit", MFD_CLOEXEC);
    if (file < 0 || file >= MAX_FILES || ftruncate(file, (off_t)size) < 0)
        abort();
    struct buffer *buffer = calloc(1, sizeof *buffer);
    *buffer = (struct buffer){.group = group, .number = place, .file = file, .size = size};
    buffer->bytes = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (buffer->bytes == MAP_FAILED)
        abort();
    return group->buffers[place] = by_file[file] = buffer;
}

static int place_for(struct group *group, size_t size) {
    int most = group->limit ? group->limit : MAX_BUFFERS;
    int free_place = -1;
    for (int place = 0; place < most; place++) {
        struct buffer *buffer = group->buffers[place];
        if (buffer && buffer->references == 0 && buffer->size < size) {
            close_buffer(buffer);
            buffer = group->buffers[place] = NULL;
        }
        if (buffer && buffer->references == 0)
            return place;
        if (!buffer && free_place < 0)
            free_place = place;
    }
    return free_place;
}

struct buffer *take_buffer(struct group *group, size_t size) {
    int place = place_for(group, size);
    if (place < 0)
        return NULL;
    struct buffer *buffer = group->buffers[place];
    if (!buffer)
        buffer = make_buffer(group, place, size);
    memset(buffer->bytes, NEVER_WRITTEN, buffer->size);
    buffer->references = 1;
    return buffer;
}

void hold_buffer(struct buffer *buffer) {
    buffer->references++;
}

int drop_buffer(struct buffer *buffer) {
    if (!buffer)
        return OK;
    if (buffer->references <= 0) {
        note("broken mpp: buffer %d is given back twice", buffer->number);
        return NOK;
    }
    if (--buffer->references == 0) {
        if (buffer->readers)
            note("broken mpp: buffer %d is given back while it is read", buffer->number);
        /* Who reads it after it came back sees that. */
        memset(buffer->bytes, NEVER_WRITTEN, buffer->size);
        if (!buffer->group)
            close_buffer(buffer);
        pthread_cond_broadcast(&unit_changed);
    }
    return OK;
}

int mpp_buffer_group_get(
    void **handle, int type, int mode, const char *tag, const char *caller) {
    (void)type, (void)tag, (void)caller;
    if (mode != INTERNAL) {
        note("broken mpp: a group of buffers from elsewhere is not played");
        return NOK;
    }
    struct group *group = calloc(1, sizeof *group);
    pthread_mutex_lock(&unit_lock);
    group->number = ++groups_made;
    pthread_mutex_unlock(&unit_lock);
    *handle = group;
    return OK;
}

int mpp_buffer_group_limit_config(void *handle, size_t size, int32_t count) {
    struct group *group = handle;
    if (size != 0 || count <= 0 || count > MAX_BUFFERS) {
        note("broken mpp: group %d with a limit of %d buffers", group->number, count);
        return NOK;
    }
    group->limit = count;
    return OK;
}

int mpp_buffer_group_put(void *handle) {
    struct group *group = handle;
    int lent = 0;
    pthread_mutex_lock(&unit_lock);
    for (int place = 0; place < MAX_BUFFERS; place++) {
        struct buffer *buffer = group->buffers[place];
        if (!buffer)
            continue;
        lent += buffer->references > 0;
        buffer->group = NULL;
        if (buffer->references == 0)
            close_buffer(buffer);
    }
    pthread_mutex_unlock(&unit_lock);
    /* As with a real one: they end with their last use. */
    if (lent)
        note("mpp group %d ends before %d of its buffers", group->number, lent);
    free(group);
    return OK;
}

int mpp_buffer_get_with_tag(
    void *group, void **buffer, size_t size, const char *tag, const char *caller) {
    (void)tag, (void)caller;
    pthread_mutex_lock(&unit_lock);
    *buffer = take_buffer(group, size);
    pthread_mutex_unlock(&unit_lock);
    return *buffer ? OK : NOK;
}

int mpp_buffer_put_with_caller(void *buffer, const char *caller) {
    (void)caller;
    pthread_mutex_lock(&unit_lock);
    int code = buffer ? drop_buffer(buffer) : UNKNOWN;
    pthread_mutex_unlock(&unit_lock);
    return code;
}

int mpp_buffer_write_with_caller(
    void *handle, size_t offset, const void *data, size_t size, const char *caller) {
    (void)caller;
    struct buffer *buffer = handle;
    if (offset + size > buffer->size)
        return NO_SUCH_VALUE;
    memcpy(buffer->bytes + offset, data, size);
    return OK;
}

int mpp_buffer_sync_partial_end_f(
    void *buffer, int32_t read_only, uint32_t offset, uint32_t length, const char *caller) {
    (void)buffer, (void)read_only, (void)offset, (void)length, (void)caller;
    return OK;
}

/* Of a buffer, who reads or writes it by the processor says so, before and after. */
static void synchronise(struct buffer *buffer, uint64_t flags) {
    bool ends = flags & DMA_BUF_SYNC_END;
    buffer->readers += ends ? -1 : 1;
    if (buffer->readers < 0 || buffer->references <= 0)
        note("broken mpp: the reading of buffer %d %s out of turn", buffer->number,
             ends ? "ends" : "begins");
    if (!ends)
        note("mpp fetch");
}

/* In the place of libc's: a memfd knows nothing of what is said to a dma-buf. */
int ioctl(int file, unsigned long request, ...) {
    va_list values;
    va_start(values, request);
    void *value = va_arg(values, void *);
    va_end(values);
    pthread_mutex_lock(&unit_lock);
    struct buffer *buffer = file >= 0 && file < MAX_FILES ? by_file[file] : NULL;
    bool is_ours = buffer && request == DMA_BUF_IOCTL_SYNC;
    if (is_ours)
        synchronise(buffer, ((struct dma_buf_sync *)value)->flags);
    pthread_mutex_unlock(&unit_lock);
    return is_ours ? 0 : (int)syscall(SYS_ioctl, file, request, value);
}

/* The buffer of a handle, which must be in use. */
static struct buffer *in_use(void *handle, const char *call) {
    struct buffer *buffer = handle;
    if (buffer->references <= 0)
        note("broken mpp: %s of buffer %d, which was given back", call, buffer->number);
    return buffer;
}

void *mpp_buffer_get_ptr_with_caller(void *buffer, const char *caller) {
    (void)caller;
    return in_use(buffer, "the address")->bytes;
}

int mpp_buffer_get_fd_with_caller(void *buffer, const char *caller) {
    (void)caller;
    return in_use(buffer, "the descriptor")->file;
}

size_t mpp_buffer_get_size_with_caller(void *buffer, const char *caller) {
    (void)caller;
    return in_use(buffer, "the size")->size;
}
