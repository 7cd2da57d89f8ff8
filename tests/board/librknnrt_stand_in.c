/* A stand-in for /usr/lib/librknnrt.so: plays the NPU of an RK3588, for tests only.
 *
 * Each of its three cores serves one inference at a time. What a model answers is in
 * played_network.c: values planted in the file (tests/board/played_model.py), by which a test sees
 * whether each frame got its own boxes, or what ONNX Runtime gives for the model on the machine
 * that emulates the board (tests/board/npu_host.py). Every call is a line in a log, and so is every
 * broken rule: a context that two threads enter, that another thread than its maker's enters, or
 * that is used after its end.
 *
 * Built with RELEASE, the version that it tells, and KNOWN_CONTAINER, the newest format of .rknn
 * files that it reads.
 *
 * Environment: STAND_IN_LOG, path of the log; STAND_IN_LATENCY_MS, the time of an inference;
 * STAND_IN_SLOW, CORE:MS, another time for one core; STAND_IN_HOST, the socket of the host;
 * STAND_IN_FAIL, the call that fails: init@N (the Nth context), hang@N (the same never comes back),
 * core@N (core N does not answer), run@N and outputs_get@N (the Nth of all such calls). N counts
 * from 0 for cores, else from 1.
 */
#define _GNU_SOURCE
#include "played_network.h"
#include "rknn_stand_in.h"

#include <errno.h>
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

enum { CORES = 3, MAX_CONTEXTS = 64 };

#define VERSION RELEASE " (played@2025-01-01T00:00:00)"
/* The NPU's render node on an RK3588. */
#define DEVICE "/dev/dri/renderD129"

/* What the real library carries, for those who look for its version in the file. */
__attribute__((used)) static const char version_text[] = "librknnrt version: " VERSION;

struct context {
    int number;
    pid_t maker;
    atomic_flag busy;
    struct network network;
    int core;
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

/* The context of a handle, marked as busy; NULL after its end. Another thread is noted. */
static struct context *enter(rknn_context handle, const char *call) {
    pthread_mutex_lock(&table_lock);
    struct context *context = handle < MAX_CONTEXTS ? table[handle] : NULL;
    pthread_mutex_unlock(&table_lock);
    if (!context)
        note("broken %s on context %d after its end", call, (int)handle);
    else if (atomic_flag_test_and_set(&context->busy))
        note("broken %s on context %d, which another thread uses", call, context->number);
    else if (gettid() != context->maker)
        note("broken %s on context %d, which another thread made", call, context->number);
    return context;
}

static int leave(struct context *context, int code) {
    atomic_flag_clear(&context->busy);
    return code;
}

/* Opens the device as the driver wants it. */
static int open_device(void) {
    int device = open(DEVICE, O_RDWR | O_CLOEXEC);
    if (device < 0) {
        fprintf(stderr, "E RKNN: failed to open rknpu module, need to insmod rknpu dirver!\n"
                        "E RKNN: failed to open rknn device (%s: %s)!\n",
                DEVICE, strerror(errno));
        return FAILED;
    }
    close(device);
    return OK;
}

static int open_context(struct context *context, const char *model, uint32_t bytes) {
    if (fails("hang", context->number)) {
        note("init %d hangs", context->number);
        pause();
    }
    if (fails("init", context->number) || context->number >= MAX_CONTEXTS)
        return FAILED;
    int code = open_device();
    return code == OK ? open_network(&context->network, model, bytes) : code;
}

int rknn_init(rknn_context *handle, void *model, uint32_t bytes, uint32_t flags, void *extend) {
    (void)flags, (void)extend;
    struct context *context = calloc(1, sizeof *context);
    context->maker = gettid();
    context->network.host = -1;
    pthread_mutex_lock(&table_lock);
    context->number = ++made;
    pthread_mutex_unlock(&table_lock);
    int code = open_context(context, model, bytes);
    const struct network *network = &context->network;
    note("init %d -> %d of %ux%u", context->number, code, network->width, network->height);
    if (code != OK) {
        close_network(&context->network);
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
    close_network(&context->network);
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
    const struct output_plan *plan = &context->network.plans[attr->index];
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

int rknn_inputs_set(rknn_context handle, uint32_t count, struct input inputs[]) {
    struct context *context = enter(handle, "inputs_set");
    if (!context)
        return CONTEXT_INVALID;
    if (count != 1 || inputs[0].bytes != pixel_bytes(&context->network) ||
        inputs[0].type != TYPE_UINT8 || inputs[0].format != FORMAT_NHWC || inputs[0].pass_through)
        return leave(context, INPUT_INVALID);
    take_picture(&context->network, inputs[0].data);
    context->has_input = true;
    return leave(context, OK);
}

static long latency_ms(int core) {
    const char *slow = getenv("STAND_IN_SLOW"), *latency = getenv("STAND_IN_LATENCY_MS");
    if (slow && slow[0] - '0' == core)
        return atol(slow + 2);
    return latency ? atol(latency) : 1;
}

static int work(struct context *context) {
    long ms = latency_ms(context->core);
    struct timespec time = {ms / 1000, ms % 1000 * 1000000};
    pthread_mutex_lock(&cores[context->core]);
    nanosleep(&time, NULL);
    int code = compute(&context->network);
    pthread_mutex_unlock(&cores[context->core]);
    return code;
}

int rknn_run(rknn_context handle, void *extend) {
    (void)extend;
    struct context *context = enter(handle, "run");
    if (!context)
        return CONTEXT_INVALID;
    int number = atomic_fetch_add(&runs, 1) + 1;
    int code = context->has_input && !fails("run", number) ? work(context) : FAILED;
    context->has_result = code == OK;
    context->has_input = false;
    note("run %d on core %d of context %d, picture %d -> %d", number, context->core,
         context->number, context->network.seen, code);
    return leave(context, code);
}

static int give_output(const struct context *context, struct output *output) {
    if (output->index >= context->network.output_count || !output->want_float)
        return OUTPUT_INVALID;
    uint32_t bytes = elements_of(&context->network.plans[output->index]) * sizeof(float);
    if (!output->is_preallocated) {
        output->data = malloc(bytes);
        output->bytes = bytes;
    }
    if (output->bytes < bytes)
        return OUTPUT_INVALID;
    write_output(&context->network, output->index, output->data);
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
