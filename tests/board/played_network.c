#define _GNU_SOURCE
#include "played_network.h"

#include "rknn_stand_in.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { CONTAINER_AT = 8, NETWORK_AT = 64 };
enum { MARK_SIDE = 16, MARK_BITS = 7, MARK_WHITE = 128 };

static const char NETWORK_MAGIC[8] = "PLAYNPU1";

/* How a planted network begins in the file; outputs and plants follow. */
struct planted_header {
    char magic[8];
    uint32_t height, width, output_count, plant_count;
    uint32_t answer_output, answer_element;
};

/* How the host answers to a model; outputs follow. */
struct host_header {
    int32_t code;
    uint32_t height, width, output_count;
};

uint32_t elements_of(const struct output_plan *plan) {
    return plan->dims[0] * plan->dims[1] * plan->dims[2] * plan->dims[3];
}

uint32_t pixel_bytes(const struct network *network) {
    return network->height * network->width * 3;
}

static bool send_all(int file, const void *from, size_t bytes) {
    for (const char *next = from; bytes > 0;) {
        ssize_t sent = send(file, next, bytes, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        next += sent;
        bytes -= (size_t)sent;
    }
    return true;
}

static bool receive_all(int file, void *into, size_t bytes) {
    return bytes == 0 || recv(file, into, bytes, MSG_WAITALL) == (ssize_t)bytes;
}

static int read_planted(struct network *network, const char *model, uint32_t bytes) {
    struct planted_header header;
    memcpy(&header, model + NETWORK_AT, sizeof header);
    size_t plans_bytes = header.output_count * sizeof *network->plans;
    size_t plants_bytes = header.plant_count * sizeof *network->plants;
    if (header.output_count > MAX_OUTPUTS ||
        bytes < NETWORK_AT + sizeof header + plans_bytes + plants_bytes)
        return MODEL_INVALID;
    network->height = header.height;
    network->width = header.width;
    network->output_count = header.output_count;
    network->plant_count = header.plant_count;
    network->answer_output = header.answer_output;
    network->answer_element = header.answer_element;
    const char *rest = model + NETWORK_AT + sizeof header;
    memcpy(network->plans, rest, plans_bytes);
    network->plants = malloc(plants_bytes);
    memcpy(network->plants, rest + plans_bytes, plants_bytes);
    return OK;
}

/* The connection to the host that computes networks, STAND_IN_HOST; -1 where there is none. */
static int connect_host(void) {
    const char *path = getenv("STAND_IN_HOST");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (!path || strlen(path) >= sizeof address.sun_path)
        return -1;
    strcpy(address.sun_path, path);
    int host = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (host >= 0 && connect(host, (const struct sockaddr *)&address, sizeof address) != 0) {
        close(host);
        return -1;
    }
    return host;
}

static int ask_host(struct network *network, const char *model, uint32_t bytes) {
    struct host_header header;
    network->host = connect_host();
    if (network->host < 0 || !send_all(network->host, &bytes, sizeof bytes) ||
        !send_all(network->host, model, bytes) ||
        !receive_all(network->host, &header, sizeof header) || header.code != OK ||
        header.output_count > MAX_OUTPUTS ||
        !receive_all(network->host, network->plans, header.output_count * sizeof *network->plans))
        return MODEL_INVALID;
    network->height = header.height;
    network->width = header.width;
    network->output_count = header.output_count;
    network->pixels = malloc(pixel_bytes(network));
    for (uint32_t index = 0; index < network->output_count; index++)
        network->answers[index] = malloc(elements_of(&network->plans[index]));
    return OK;
}

int open_network(struct network *network, const char *model, uint32_t bytes) {
    network->host = -1;
    if (bytes < NETWORK_AT + sizeof(struct planted_header) || memcmp(model, "RKNN", 4) != 0)
        return MODEL_INVALID;
    uint64_t container;
    memcpy(&container, model + CONTAINER_AT, sizeof container);
    if (container > KNOWN_CONTAINER) {
        fprintf(stderr, "E RKNN: Invalid RKNN model version %d\n", (int)container);
        return MODEL_INVALID;
    }
    if (!memmem(model, bytes, "\"rk3588\"", 8))
        return TARGET_UNMATCHED;
    if (memcmp(model + NETWORK_AT, NETWORK_MAGIC, sizeof NETWORK_MAGIC) == 0)
        return read_planted(network, model, bytes);
    return ask_host(network, model, bytes);
}

void close_network(struct network *network) {
    if (network->host >= 0)
        close(network->host);
    free(network->plants);
    free(network->pixels);
    for (uint32_t index = 0; index < network->output_count; index++)
        free(network->answers[index]);
}

/* The number in the blocks at the top left of a picture of `pattern:`, its lowest bit first. */
static int32_t read_number(const uint8_t *pixels, uint32_t width) {
    int32_t number = 0;
    const uint8_t *row = pixels + (size_t)(MARK_SIDE / 2) * width * 3;
    for (int bit = 0; bit < MARK_BITS; bit++)
        if (row[(bit * MARK_SIDE + MARK_SIDE / 2) * 3] > MARK_WHITE)
            number |= 1 << bit;
    return number;
}

void take_picture(struct network *network, const uint8_t *pixels) {
    network->seen = read_number(pixels, network->width);
    if (network->pixels)
        memcpy(network->pixels, pixels, pixel_bytes(network));
}

/* Rounds to the nearest of the 256 values that an int8 of this output can say. */
static int8_t quantised(float value, const struct output_plan *plan) {
    float steps = rintf(value / plan->scale) + (float)plan->zero_point;
    return (int8_t)fminf(fmaxf(steps, -128), 127);
}

static bool receive_answer(const struct network *network, uint32_t index) {
    const struct output_plan *plan = &network->plans[index];
    uint32_t elements = elements_of(plan);
    float *values = malloc(elements * sizeof *values);
    bool came = receive_all(network->host, values, elements * sizeof *values);
    for (uint32_t element = 0; came && element < elements; element++)
        network->answers[index][element] = quantised(values[element], plan);
    free(values);
    return came;
}

int compute(struct network *network) {
    if (network->host < 0)
        return OK;
    if (!send_all(network->host, network->pixels, pixel_bytes(network)))
        return FAILED;
    for (uint32_t index = 0; index < network->output_count; index++)
        if (!receive_answer(network, index))
            return FAILED;
    return OK;
}

static float number_of(int32_t value, const struct output_plan *plan) {
    return (float)(value - plan->zero_point) * plan->scale;
}

static void plant_steps(const struct network *network, uint32_t index, int8_t *steps) {
    const struct output_plan *plan = &network->plans[index];
    uint32_t elements = elements_of(plan);
    memset(steps, plan->fill, elements);
    for (uint32_t number = 0; number < network->plant_count; number++) {
        const struct plant *plant = &network->plants[number];
        if (plant->output == index && plant->element < elements)
            steps[plant->element] = (int8_t)plant->value;
    }
    if (network->answer_output == index && network->answer_element < elements)
        steps[network->answer_element] = (int8_t)network->seen;
}

void write_steps(const struct network *network, uint32_t index, int8_t *steps) {
    if (network->host < 0)
        plant_steps(network, index, steps);
    else
        memcpy(steps, network->answers[index], elements_of(&network->plans[index]));
}

void write_output(const struct network *network, uint32_t index, float *values) {
    const struct output_plan *plan = &network->plans[index];
    uint32_t elements = elements_of(plan);
    int8_t *steps = malloc(elements);
    write_steps(network, index, steps);
    for (uint32_t element = 0; element < elements; element++)
        values[element] = number_of(steps[element], plan);
    free(steps);
}
