/* The weights of a model, which the contexts that are made of one another share. */
#ifndef PLAYED_WEIGHTS_H
#define PLAYED_WEIGHTS_H

#include <stdint.h>

struct weights {
    char *bytes;
    uint32_t size;
    int users;
};

/* One caller at a time: for these three, and for `users`. */
struct weights *load_weights(const char *model, uint32_t size);
void drop_weights(struct weights *weights);
int64_t weight_bytes(void);

#endif
