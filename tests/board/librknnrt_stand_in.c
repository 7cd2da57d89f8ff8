/* A stand-in for /usr/lib/librknnrt.so: plays the NPU of an RK3588, for tests only.
 *
 * Each of its three cores serves one inference at a time. It knows only models that carry a played
 * network (see tests/board/played_model.py), whose answer tells the number that a picture of
 * `pattern:` carries; so a test sees whether each frame got its own boxes. Every call is a line in
 * a log, and so is every broken rule: a context that two threads enter, or that is used after its
 * end.
 *
 * Environment: STAND_IN_LOG, path of the log; STAND_IN_LATENCY_MS, the time of an inference;
 * STAND_IN_FAIL, the call that fails: init@N (the Nth context), core@N (core N does not answer),
 * run@N and outputs_get@N (the Nth of all such calls). N counts from 0 for cores, else from 1.
 */
#define _GNU_SOURCE
#include "rknn_stand_in.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { CORES = 3, MAX_CONTEXTS = 64, MAX_OUTPUTS = 12, NETWORK_AT = 64 };
enum { MARK_SIDE = 16, MARK_BITS = 7, MARK_WHITE = 128 };

#define VERSION "2.3.2 (played@2025-01-01T00:00:00)"

/* What the real library carries, for those who look for its version in the file. */
__attribute__((used)) static const char version_text[] = "librknnrt version: " VERSION;

static const char NETWORK_MAGIC[8] = "PLAYNPU1";

/* What the file says of an output: its shape, how it is quantised, its value in every cell. */
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
    char magic[8];
    uint32_t height, width, output_count, plant_count;
    /* The element whose value is the number that the picture carries. */
    uint32_t answer_output, answer_element;
};

struct context {
    int number;
    atomic_flag busy;
    struct network network;
    struct output_plan plans[MAX_OUTPUTS];
    struct plant *plants;
    int core;
    int32_t seen;
    bool has_input, has_result;
};

static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;
static struct context *table[MAX_CONTEXTS];
static int made;
static pthread_mutex_t cores[CORES] = {
    PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER};
static atomic_int runs, outputs_gets;

static void note(const char *format, ...) {
    const char *path = getenv("STAND_IN_LOG");
    if (!path)
        return;
    char line[256];
    va_list values;
    va_start(values, format);
    int length = vsnprintf(line, sizeof line - 1, format, values);
    va_end(values);
    line[length] = '\n';
    int file = open(path, O_WRONLY | O_APPEND | O_CREAT, 0644);
    if (file < 0 || write(file, line, (size_t)length + 1) < 0)
        abort();
    close(file);
}

static bool fails(const char *call, int number) {
    const char *wanted = getenv("STAND_IN_FAIL");
    char asked[64];
    snprintf(asked, sizeof asked, "%s@%d", call, number);
    return wanted && strcmp(wanted, asked) == 0;
}

/* The context of a handle, marked as busy; NULL after its end. A second thread is noted. */
static struct context *enter(rknn_context handle, const char *call) {
    pthread_mutex_lock(&table_lock);
    struct context *context = handle < MAX_CONTEXTS ? table[handle] : NULL;
    pthread_mutex_unlock(&table_lock);
    if (!context)
        note("broken %s on context %d after its end", call, (int)handle);
    else if (atomic_flag_test_and_set(&context->busy))
        note("broken %s on context %d, which another thread uses", call, context->number);
    return context;
}

static int leave(struct context *context, int code) {
    atomic_flag_clear(&context->busy);
    return code;
}

static uint32_t elements_of(const struct output_plan *plan) {
    return plan->dims[0] * plan->dims[1] * plan->dims[2] * plan->dims[3];
}

/* Reads the played network of a .rknn file; the wrapper's copy of the file may go afterwards. */
static int read_network(struct context *context, const char *model, uint32_t bytes) {
    struct network *network = &context->network;
    if (bytes < NETWORK_AT + sizeof *network || memcmp(model, "RKNN", 4) != 0)
        return MODEL_INVALID;
    memcpy(network, model + NETWORK_AT, sizeof *network);
    if (memcmp(network->magic, NETWORK_MAGIC, sizeof network->magic) != 0 ||
        network->output_count > MAX_OUTPUTS)
        return MODEL_INVALID;
    size_t plans_bytes = network->output_count * sizeof *context->plans;
    size_t plants_bytes = network->plant_count * sizeof *context->plants;
    if (bytes < NETWORK_AT + sizeof *network + plans_bytes + plants_bytes)
        return MODEL_INVALID;
    if (!memmem(model, bytes, "\"rk3588\"", 8))
        return TARGET_UNMATCHED;
    const char *rest = model + NETWORK_AT + sizeof *network;
    memcpy(context->plans, rest, plans_bytes);
    context->plants = malloc(plants_bytes);
    memcpy(context->plants, rest + plans_bytes, plants_bytes);
    return OK;
}

int rknn_init(rknn_context *handle, void *model, uint32_t bytes, uint32_t flags, void *extend) {
    (void)flags, (void)extend;
    struct context *context = calloc(1, sizeof *context);
    pthread_mutex_lock(&table_lock);
    context->number = ++made;
    pthread_mutex_unlock(&table_lock);
    int code = fails("init", context->number) ? FAILED : read_network(context, model, bytes);
    note("init %d -> %d", context->number, code);
    if (context->number >= MAX_CONTEXTS)
        code = FAILED;
    if (code != OK) {
        free(context->plants);
        free(context);
        return code;
    }
    pthread_mutex_lock(&table_lock);
    table[context->number] = context;
    pthread_mutex_unlock(&table_lock);
    *handle = (rknn_context)context->number;
    return OK;
}

int rknn_destroy(rknn_context handle) {
    struct context *context = enter(handle, "destroy");
    if (!context)
        return CONTEXT_INVALID;
    note("destroy %d", context->number);
    pthread_mutex_lock(&table_lock);
    table[handle] = NULL;
    pthread_mutex_unlock(&table_lock);
    free(context->plants);
    free(context);
    return OK;
}

static int describe_input(const struct context *context, struct tensor_attr *attr) {
    const struct network *network = &context->network;
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
        .width_stride = network->width,
    };
    return OK;
}

static int describe_output(const struct context *context, struct tensor_attr *attr) {
    if (attr->index >= context->network.output_count)
        return OUTPUT_INVALID;
    const struct output_plan *plan = &context->plans[attr->index];
    *attr = (struct tensor_attr){
        .index = attr->index,
        .dim_count = 4,
        .elements = elements_of(plan),
        .bytes = elements_of(plan),
        .format = FORMAT_NCHW,
        .type = TYPE_INT8,
        .quantisation = QUANTISED_AFFINE,
        .zero_point = plan->zero_point,
        .scale = plan->scale,
    };
    memcpy(attr->dims, plan->dims, sizeof plan->dims);
    snprintf(attr->name, sizeof attr->name, "output%u", attr->index);
    return OK;
}

static int answer_query(const struct context *context, int32_t command, void *info) {
    switch (command) {
    case IN_OUT_COUNT:
        *(struct in_out_count *)info = (struct in_out_count){1, context->network.output_count};
        return OK;
    case INPUT_ATTR:
        return describe_input(context, info);
    case OUTPUT_ATTR:
        return describe_output(context, info);
    case SDK_VERSION:
        *(struct sdk_version *)info = (struct sdk_version){
            .library = VERSION, .driver = "0.9.8"};
        return OK;
    default:
        /* A model of one fixed shape has no range of shapes either. */
        return MODEL_INVALID;
    }
}

int rknn_query(rknn_context handle, int32_t command, void *info, uint32_t bytes) {
    (void)bytes;
    struct context *context = enter(handle, "query");
    return context ? leave(context, answer_query(context, command, info)) : CONTEXT_INVALID;
}

int rknn_set_core_mask(rknn_context handle, int32_t mask) {
    struct context *context = enter(handle, "set_core_mask");
    if (!context)
        return CONTEXT_INVALID;
    int core = mask == 1 ? 0 : mask == 2 ? 1 : mask == 4 ? 2 : -1;
    int code = core < 0 ? PARAMETER_INVALID : fails("core", core) ? FAILED : OK;
    if (code == OK)
        context->core = core;
    note("core %d of context %d -> %d", core, context->number, code);
    return leave(context, code);
}

/* The wrapper needs the function to be there, and calls it for models of several shapes only. */
int rknn_set_input_shapes(rknn_context handle, uint32_t count, struct tensor_attr attrs[]) {
    (void)handle, (void)count, (void)attrs;
    return MODEL_INVALID;
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

int rknn_inputs_set(rknn_context handle, uint32_t count, struct input inputs[]) {
    struct context *context = enter(handle, "inputs_set");
    if (!context)
        return CONTEXT_INVALID;
    const struct network *network = &context->network;
    if (count != 1 || inputs[0].bytes != network->height * network->width * 3 ||
        inputs[0].type != TYPE_UINT8 || inputs[0].format != FORMAT_NHWC || inputs[0].pass_through)
        return leave(context, INPUT_INVALID);
    context->seen = read_number(inputs[0].data, network->width);
    context->has_input = true;
    return leave(context, OK);
}

static void work(int core) {
    const char *latency = getenv("STAND_IN_LATENCY_MS");
    long ms = latency ? atol(latency) : 1;
    struct timespec time = {ms / 1000, ms % 1000 * 1000000};
    pthread_mutex_lock(&cores[core]);
    nanosleep(&time, NULL);
    pthread_mutex_unlock(&cores[core]);
}

int rknn_run(rknn_context handle, void *extend) {
    (void)extend;
    struct context *context = enter(handle, "run");
    if (!context)
        return CONTEXT_INVALID;
    int number = atomic_fetch_add(&runs, 1) + 1;
    context->has_result = context->has_input && !fails("run", number);
    context->has_input = false;
    if (context->has_result)
        work(context->core);
    note("run %d on core %d of context %d, picture %d -> %d", number, context->core,
         context->number, context->seen, context->has_result ? OK : FAILED);
    return leave(context, context->has_result ? OK : FAILED);
}

static void fill_output(const struct context *context, uint32_t index, float *values) {
    const struct network *network = &context->network;
    const struct output_plan *plan = &context->plans[index];
    uint32_t elements = elements_of(plan);
    for (uint32_t element = 0; element < elements; element++)
        values[element] = (float)(plan->fill - plan->zero_point) * plan->scale;
    for (uint32_t number = 0; number < network->plant_count; number++) {
        const struct plant *plant = &context->plants[number];
        if (plant->output == index && plant->element < elements)
            values[plant->element] = (float)(plant->value - plan->zero_point) * plan->scale;
    }
    if (network->answer_output == index && network->answer_element < elements)
        values[network->answer_element] =
            (float)(context->seen - plan->zero_point) * plan->scale;
}

static int give_output(const struct context *context, struct output *output) {
    if (output->index >= context->network.output_count || !output->want_float)
        return OUTPUT_INVALID;
    uint32_t bytes = elements_of(&context->plans[output->index]) * sizeof(float);
    if (!output->is_preallocated) {
        output->data = malloc(bytes);
        output->bytes = bytes;
    }
    if (output->bytes < bytes)
        return OUTPUT_INVALID;
    fill_output(context, output->index, output->data);
    return OK;
}

int rknn_outputs_get(rknn_context handle, uint32_t count, struct output outputs[], void *extend) {
    (void)extend;
    struct context *context = enter(handle, "outputs_get");
    if (!context)
        return CONTEXT_INVALID;
    int number = atomic_fetch_add(&outputs_gets, 1) + 1;
    int code = OK;
    if (!context->has_result || fails("outputs_get", number))
        code = FAILED;
    else if (count != context->network.output_count)
        code = OUTPUT_INVALID;
    for (uint32_t index = 0; code == OK && index < count; index++)
        code = give_output(context, &outputs[index]);
    if (code != OK)
        note("outputs_get %d of context %d -> %d", number, context->number, code);
    return leave(context, code);
}

int rknn_outputs_release(rknn_context handle, uint32_t count, struct output outputs[]) {
    struct context *context = enter(handle, "outputs_release");
    if (!context)
        return CONTEXT_INVALID;
    for (uint32_t index = 0; index < count; index++)
        if (!outputs[index].is_preallocated)
            free(outputs[index].data);
    return leave(context, OK);
}
