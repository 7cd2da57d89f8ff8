/* Memory of the played video unit: buffers that a file descriptor stands for, in bounded groups. */
#ifndef PLAYED_BUFFERS_H
#define PLAYED_BUFFERS_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

enum { MAX_BUFFERS = 64 };

struct buffer {
    struct group *group;
    int number, file, references, readers;
    uint8_t *bytes;
    size_t size;
};

struct group {
    int number, limit;
    struct buffer *buffers[MAX_BUFFERS];
};

/* One lock for all that the unit has; `unit_changed` tells of a buffer that came back. */
extern pthread_mutex_t unit_lock;
extern pthread_cond_t unit_changed;

/* A buffer with one reference; NULL where all that the group may have are in use. */
struct buffer *take_buffer(struct group *group, size_t size);
void hold_buffer(struct buffer *buffer);
/* Gives one reference back; a code of the library. NULL is none. */
int drop_buffer(struct buffer *buffer);

#endif
