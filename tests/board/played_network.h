/* What a model of the stand-in answers: planted values, or what the NPU's host computes. */
#ifndef PLAYED_NETWORK_H
#define PLAYED_NETWORK_H

#include <stdint.h>

enum { MAX_OUTPUTS = 12 };

/* An output: its shape, how it is quantised, its int8 value in every cell. */
struct output_plan {
    uint32_t dims[4];
    int32_t zero_point;
    float scale;
    int32_t fill;
};

struct plant {
    uint32_t output, element;
    int32_t value;
};

struct network {
    uint32_t height, width, output_count;
    struct output_plan plans[MAX_OUTPUTS];
    /* The number that the picture of `pattern:` carries. */
    int32_t seen;
    /* Of a planted network; the element at `answer_element` tells `seen`. */
    struct plant *plants;
    uint32_t plant_count, answer_output, answer_element;
    /* Of a network that the host computes: the connection, else -1; the picture, the answers. */
    int host;
    uint8_t *pixels;
    int8_t *answers[MAX_OUTPUTS];
};

uint32_t elements_of(const struct output_plan *plan);
uint32_t pixel_bytes(const struct network *network);

/* Reads a .rknn file, which is not needed afterwards. Gives a `result` of rknn_stand_in.h. */
int open_network(struct network *network, const char *model, uint32_t bytes);
void close_network(struct network *network);

/* Takes a picture, RGB of the network's size. */
void take_picture(struct network *network, const uint8_t *pixels);

/* Answers the picture that was taken last; 0, or FAILED where the host is gone. */
int compute(struct network *network);

/* Writes the answer of one output as int8 values, and as de-quantised numbers. */
void write_steps(const struct network *network, uint32_t index, int8_t *steps);
void write_output(const struct network *network, uint32_t index, float *values);

#endif
