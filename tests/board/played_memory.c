#define _GNU_SOURCE
#include "played_memory.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 4096, CHANNEL_BLOCK = 16, WRONG_STEPS = 2, GIVEN_BACK = 0xdd };

/* Whether STAND_IN_PLAYS has this word: nc1hwc2 and nhwc, the layout of the outputs, which Rockchip's
 * wheel does not read; float16, what they hold; padded-rows, input rows longer than the picture;
 * wrong-steps, int8 outputs that are not those that rknn_outputs_get gives. */
static bool plays(const char *word) {
    const char *words = getenv("STAND_IN_PLAYS");
    return words && strstr(words, word) != NULL;
}

void describe_input(const struct network *network, struct tensor_attr *attr) {
    uint32_t stride = network->width + (plays("padded-rows") ? CHANNEL_BLOCK : 0);
    *attr = (struct tensor_attr){
        .index = 0,
        .dim_count = 4,
        .dims = {1, network->height, network->width, 3},
        .name = "images",
        .elements = network->height * network->width * 3,
        .bytes = network->height * network->width * 3,
        .format = FORMAT_NHWC,
        .type = TYPE_INT8,
        .quantisation = QUANTISED_AFFINE,
        .zero_point = -128,
        .scale = 1.0F / 255,
        .width_stride = stride,
        .bytes_with_stride = network->height * stride * 3,
    };
}

static uint32_t blocks_of(uint32_t channels) {
    return (channels + CHANNEL_BLOCK - 1) / CHANNEL_BLOCK;
}

void describe_output(const struct network *network, uint32_t index, struct tensor_attr *attr) {
    const struct output_plan *plan = &network->plans[index];
    uint32_t channels = plan->dims[1], height = plan->dims[2], width = plan->dims[3];
    *attr = (struct tensor_attr){
        .index = index,
        .dim_count = 4,
        .dims = {plan->dims[0], channels, height, width},
        .elements = elements_of(plan),
        .bytes = elements_of(plan),
        .format = FORMAT_NCHW,
        .type = TYPE_INT8,
        .quantisation = QUANTISED_AFFINE,
        .zero_point = plan->zero_point,
        .scale = plan->scale,
        .bytes_with_stride = elements_of(plan),
    };
    snprintf(attr->name, sizeof attr->name, "output%u", index);
    if (plays("nhwc")) {
        attr->format = FORMAT_NHWC;
        memcpy(attr->dims, (uint32_t[]){plan->dims[0], height, width, channels}, 16);
    } else if (plays("nc1hwc2")) {
        uint32_t blocks = blocks_of(channels), bytes = blocks * height * width * CHANNEL_BLOCK;
        attr->format = FORMAT_NC1HWC2;
        attr->dim_count = 5;
        memcpy(attr->dims, (uint32_t[]){plan->dims[0], blocks, height, width, CHANNEL_BLOCK}, 20);
        attr->elements = attr->bytes = attr->bytes_with_stride = bytes;
    }
    if (plays("float16")) {
        attr->type = TYPE_FLOAT16;
        attr->quantisation = NOT_QUANTISED;
        attr->bytes = attr->bytes_with_stride = 2 * attr->elements;
    }
}

struct tensor_memory *make_memory(struct memories *memories, uint32_t bytes) {
    int place = 0;
    while (place < MAX_MEMORIES && memories->made[place])
        place++;
    struct tensor_memory *memory = calloc(1, sizeof *memory);
    if (bytes == 0 || place == MAX_MEMORIES || posix_memalign(&memory->data, PAGE, bytes) != 0) {
        free(memory);
        return NULL;
    }
    memory->bytes = bytes;
    memory->file = -1;
    memories->made[place] = memory;
    return memory;
}

static int place_of(const struct memories *memories, const struct tensor_memory *memory) {
    for (int place = 0; place < MAX_MEMORIES; place++)
        if (memory && memories->made[place] == memory)
            return place;
    return -1;
}

int give_back(struct memories *memories, struct tensor_memory *memory) {
    int place = place_of(memories, memory);
    if (place < 0)
        return 0;
    memories->made[place] = NULL;
    if (memories->input.memory == memory)
        memories->input.memory = NULL;
    for (int index = 0; index < MAX_OUTPUTS; index++)
        if (memories->outputs[index].memory == memory)
            memories->outputs[index].memory = NULL;
    memset(memory->data, GIVEN_BACK, memory->bytes);
    free(memory->data);
    free(memory);
    return 1;
}

int count_memories(const struct memories *memories) {
    int count = 0;
    for (int place = 0; place < MAX_MEMORIES; place++)
        count += memories->made[place] != NULL;
    return count;
}

static const char *bind_input(struct memories *memories, const struct network *network,
                              struct tensor_memory *memory, const struct tensor_attr *attr) {
    struct tensor_attr own;
    describe_input(network, &own);
    if (memcmp(attr->dims, own.dims, sizeof own.dims) != 0)
        return "dimensions that are not the input's";
    if (attr->type != TYPE_UINT8 || attr->format != FORMAT_NHWC || attr->pass_through)
        return "an input that is no uint8 picture to be converted";
    if (memory->bytes < own.bytes_with_stride)
        return "memory that is too small for the rows of the input";
    memories->input = (struct bound){memory, *attr};
    return NULL;
}

static const char *bind_output(struct memories *memories, const struct network *network,
                               struct tensor_memory *memory, const struct tensor_attr *attr) {
    struct tensor_attr own;
    if (attr->index >= network->output_count)
        return "an output that there is not";
    describe_output(network, attr->index, &own);
    if (memcmp(attr->dims, own.dims, sizeof own.dims) != 0 || attr->format != own.format)
        return "dimensions or a layout that are not the output's";
    if (attr->type != TYPE_FLOAT32 && (attr->type != TYPE_INT8 || own.type != TYPE_INT8))
        return "a type that the output is not converted to";
    uint32_t unit = attr->type == TYPE_FLOAT32 ? sizeof(float) : 1;
    if (memory->bytes < own.elements * unit)
        return "memory that is too small for the output";
    memories->outputs[attr->index] = (struct bound){memory, *attr};
    return NULL;
}

const char *bind_memory(struct memories *memories, const struct network *network,
                        struct tensor_memory *memory, const struct tensor_attr *attr) {
    if (place_of(memories, memory) < 0)
        return "memory of another context, or one that was given back";
    if ((uintptr_t)memory->data % PAGE != 0)
        return "memory that does not begin a page";
    /* As of the real one: what is an input and what an output is told by the name and the shape. */
    bool is_input = strcmp(attr->name, "images") == 0;
    return is_input ? bind_input(memories, network, memory, attr)
                    : bind_output(memories, network, memory, attr);
}

const char *unbound(const struct memories *memories, const struct network *network) {
    if (!memories->input.memory)
        return "the input";
    for (uint32_t index = 0; index < network->output_count; index++)
        if (!memories->outputs[index].memory)
            return "an output";
    return NULL;
}

void take_bound_picture(const struct memories *memories, struct network *network) {
    struct tensor_attr own;
    describe_input(network, &own);
    uint8_t *pixels = malloc(pixel_bytes(network));
    size_t row = network->width * 3, stride = own.width_stride * 3;
    for (uint32_t line = 0; line < network->height; line++)
        memcpy(pixels + line * row, (uint8_t *)memories->input.memory->data + line * stride, row);
    take_picture(network, pixels);
    free(pixels);
}

/* Where an element of NCHW lies in the layout of the output. */
static size_t element_in(const struct tensor_attr *attr, const struct output_plan *plan,
                         uint32_t channel, uint32_t cell) {
    uint32_t cells = plan->dims[2] * plan->dims[3];
    switch (attr->format) {
    case FORMAT_NHWC:
        return (size_t)cell * plan->dims[1] + channel;
    case FORMAT_NC1HWC2:
        return ((size_t)(channel / CHANNEL_BLOCK) * cells + cell) * CHANNEL_BLOCK +
               channel % CHANNEL_BLOCK;
    default:
        return (size_t)channel * cells + cell;
    }
}

static void write_bound(const struct bound *bound, const struct output_plan *plan,
                        const int8_t *steps, const float *values) {
    uint32_t cells = plan->dims[2] * plan->dims[3];
    for (uint32_t channel = 0; channel < plan->dims[1]; channel++)
        for (uint32_t cell = 0; cell < cells; cell++) {
            size_t from = (size_t)channel * cells + cell;
            size_t to = element_in(&bound->attr, plan, channel, cell);
            if (bound->attr.type == TYPE_FLOAT32)
                ((float *)bound->memory->data)[to] = values[from];
            else
                ((int8_t *)bound->memory->data)[to] = steps[from];
        }
}

void write_bound_outputs(const struct memories *memories, const struct network *network) {
    for (uint32_t index = 0; index < network->output_count; index++) {
        const struct output_plan *plan = &network->plans[index];
        uint32_t elements = elements_of(plan);
        int8_t *steps = malloc(elements);
        float *values = malloc(elements * sizeof *values);
        write_steps(network, index, steps);
        write_output(network, index, values);
        if (plays("wrong-steps"))
            for (uint32_t element = 0; element < elements; element++)
                steps[element] += steps[element] > 0 ? -WRONG_STEPS : WRONG_STEPS;
        write_bound(&memories->outputs[index], plan, steps, values);
        free(steps);
        free(values);
    }
}
