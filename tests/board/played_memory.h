/* The memory of one context of the stand-in: made by rknn_create_mem, bound by rknn_set_io_mem. */
#ifndef PLAYED_MEMORY_H
#define PLAYED_MEMORY_H

#include "played_network.h"
#include "rknn_stand_in.h"

enum { MAX_MEMORIES = 32 };

struct bound {
    struct tensor_memory *memory;
    struct tensor_attr attr;
};

struct memories {
    struct tensor_memory *made[MAX_MEMORIES];
    struct bound input, outputs[MAX_OUTPUTS];
};

/* What a library says of the tensors of a network; STAND_IN_PLAYS changes it. */
void describe_input(const struct network *network, struct tensor_attr *attr);
void describe_output(const struct network *network, uint32_t index, struct tensor_attr *attr);

/* NULL where there is none to be had, such as of no bytes. */
struct tensor_memory *make_memory(struct memories *memories, uint32_t bytes);

/* False where this context has not made it, or has given it back. */
int give_back(struct memories *memories, struct tensor_memory *memory);
int count_memories(const struct memories *memories);

/* Binds memory to the tensor of `attr`; gives what is wrong with that, or NULL. */
const char *bind_memory(struct memories *memories, const struct network *network,
                        struct tensor_memory *memory, const struct tensor_attr *attr);

/* The tensor that has no memory yet, or NULL where all have theirs. */
const char *unbound(const struct memories *memories, const struct network *network);

/* Takes the picture in the bound memory, and writes the answer into that of the outputs. */
void take_bound_picture(const struct memories *memories, struct network *network);
void write_bound_outputs(const struct memories *memories, const struct network *network);

#endif
