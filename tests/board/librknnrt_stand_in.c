/* A stand-in for /usr/lib/librknnrt.so: plays the NPU of an RK3588, for tests only.
 *
 * Each of its three cores serves one inference at a time. What a model answers is in
 * played_network.c: values planted in the file (tests/board/played_model.py), by which a test sees
 * whether each frame got its own boxes, or what ONNX Runtime gives for the model on the machine
 * that emulates the board (tests/board/npu_host.py). Every call is a line in a log, and so is every
 * broken rule: a context that two threads enter, that another thread than its maker's enters, or
 * that is used after its end; memory that is too small, lies, or is left behind (played_memory.c). A
 * context that others were made of may be entered by any thread, and ends after them: they use its
 * weights, of which there is one copy.
 *
 * Built with RELEASE, the version that it tells, and KNOWN_CONTAINER, the newest format of .rknn
 * files that it reads; with WITHOUT_DUP it has no rknn_dup_context, as the first releases.
 *
 * Environment: STAND_IN_LOG, path of the log; STAND_IN_LATENCY_MS, the time of an inference;
 * STAND_IN_SLOW, CORE:MS, another time for one core; STAND_IN_HOST, the socket of the host;
 * STAND_IN_DEVICE, the file that is opened as the NPU's; STAND_IN_PLAYS, see played_memory.c;
 * STAND_IN_FAIL, the call that fails: init@N and dup@N (the Nth context), hang@N (the same never
 * comes back), crash@N (the same ends the program), hang-run@N (the Nth run never comes back), core@N (core N does not answer), query@N (the query of command N), run@N,
 * outputs_get@N, create_mem@N and set_io_mem@N (the Nth of all such calls). N counts from 0 for
 * cores and commands, else from 1.
 *
 * For a process that plays several boards one after the other: stand_in_reset, stand_in_held.
 */
#define _GNU_SOURCE
#include "played_log.h"
#include "played_memory.h"
#include "played_network.h"
#include "played_weights.h"
#include "rknn_stand_in.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
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
    bool is_shared;
    atomic_flag busy;
    struct network network;
    struct weights *weights;
    struct memories memories;
    int core;
    bool has_input, has_result;
};

static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;
static struct context *table[MAX_CONTEXTS];
static int made;
static pthread_mutex_t cores[CORES] = {
    PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER};
static atomic_int runs, outputs_gets, memories_made, memories_bound;

/* The context of a handle, marked as busy; NULL after its end. Another thread is noted. */
static struct context *enter(rknn_context handle, const char *call) {
    pthread_mutex_lock(&table_lock);
    struct context *context = handle < MAX_CONTEXTS ? table[handle] : NULL;
    pthread_mutex_unlock(&table_lock);
    if (!context)
        note("broken %s on context %d after its end", call, (int)handle);
    else if (atomic_flag_test_and_set(&context->busy))
        note("broken %s on context %d, which another thread uses", call, context->number);
    else if (gettid() != context->maker && !context->is_shared)
        note("broken %s on context %d, which another thread made", call, context->number);
    return context;
}

static int leave(struct context *context, int code) {
    atomic_flag_clear(&context->busy);
    return code;
}

/* Opens the device as the driver wants it. */
static int open_device(void) {
    const char *path = getenv("STAND_IN_DEVICE");
    path = path ? path : DEVICE;
    int device = open(path, O_RDWR | O_CLOEXEC);
    if (device < 0) {
        fprintf(stderr, "E RKNN: failed to open rknpu module, need to insmod rknpu dirver!\n"
                        "E RKNN: failed to open rknn device (%s: %s)!\n",
                path, strerror(errno));
        return FAILED;
    }
    close(device);
    return OK;
}

static int open_context(struct context *context, const char *call) {
    if (fails("hang", context->number)) {
        note("%s %d hangs", call, context->number);
        pause();
    }
    if (fails("crash", context->number))
        abort();
    if (fails(call, context->number) || context->number >= MAX_CONTEXTS)
        return FAILED;
    int code = open_device();
    if (code != OK)
        return code;
    return open_network(&context->network, context->weights->bytes, context->weights->size);
}

/* A context over these weights, which are then its own; NULL where it does not open. */
static struct context *add_context(struct weights *weights, const char *call, int *code) {
    struct context *context = calloc(1, sizeof *context);
    context->maker = gettid();
    context->network.host = -1;
    context->weights = weights;
    pthread_mutex_lock(&table_lock);
    context->number = ++made;
    pthread_mutex_unlock(&table_lock);
    *code = open_context(context, call);
    const struct network *network = &context->network;
    note("%s %d -> %d of %ux%u", call, context->number, *code, network->width, network->height);
    pthread_mutex_lock(&table_lock);
    if (*code == OK)
        table[context->number] = context;
    else
        drop_weights(weights);
    pthread_mutex_unlock(&table_lock);
    if (*code == OK)
        return context;
    close_network(&context->network);
    free(context);
    return NULL;
}

int rknn_init(rknn_context *handle, void *model, uint32_t bytes, uint32_t flags, void *extend) {
    (void)flags, (void)extend;
    int code;
    pthread_mutex_lock(&table_lock);
    struct weights *weights = load_weights(model, bytes);
    pthread_mutex_unlock(&table_lock);
    struct context *context = add_context(weights, "init", &code);
    if (context)
        *handle = (rknn_context)context->number;
    return code;
}

#ifndef WITHOUT_DUP
int rknn_dup_context(rknn_context *from, rknn_context *to) {
    struct context *origin = enter(*from, "dup_context");
    if (!origin)
        return CONTEXT_INVALID;
    int code;
    origin->is_shared = true;
    pthread_mutex_lock(&table_lock);
    origin->weights->users++;
    pthread_mutex_unlock(&table_lock);
    struct context *context = add_context(origin->weights, "dup", &code);
    if (context)
        *to = (rknn_context)context->number;
    return leave(origin, code);
}
#endif

int rknn_destroy(rknn_context handle) {
    struct context *context = enter(handle, "destroy");
    if (!context)
        return CONTEXT_INVALID;
    note("destroy %d", context->number);
    int left = count_memories(&context->memories);
    if (left > 0)
        note("broken destroy of context %d, of which %d memories are left", context->number, left);
    int others = context->weights->users - 1;
    if (context->is_shared && others > 0)
        note("broken destroy of context %d, which %d others use", context->number, others);
    pthread_mutex_lock(&table_lock);
    table[handle] = NULL;
    drop_weights(context->weights);
    pthread_mutex_unlock(&table_lock);
    close_network(&context->network);
    free(context);
    return OK;
}

static int query_output(const struct context *context, struct tensor_attr *attr) {
    if (attr->index >= context->network.output_count)
        return OUTPUT_INVALID;
    describe_output(&context->network, attr->index, attr);
    return OK;
}

static int answer_query(
    const struct context *context, int32_t command, void *info, uint32_t bytes) {
    bool is_attr = command == INPUT_ATTR || command == OUTPUT_ATTR;
    if (is_attr && bytes != sizeof(struct tensor_attr)) {
        note("broken query %d of context %d: %u bytes", command, context->number, bytes);
        return PARAMETER_INVALID;
    }
    if (fails("query", command))
        return FAILED;
    switch (command) {
    case IN_OUT_COUNT:
        *(struct in_out_count *)info = (struct in_out_count){1, context->network.output_count};
        return OK;
    case INPUT_ATTR:
        describe_input(&context->network, info);
        return OK;
    case OUTPUT_ATTR:
        return query_output(context, info);
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
    struct context *context = enter(handle, "query");
    return context ? leave(context, answer_query(context, command, info, bytes)) : CONTEXT_INVALID;
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

/* Whether the tensors of the context lie in memory of its own. */
static bool is_bound(const struct context *context) {
    if (count_memories(&context->memories) == 0)
        return false;
    const char *tensor = unbound(&context->memories, &context->network);
    if (tensor)
        note("broken run of context %d: %s has no memory", context->number, tensor);
    return !tensor;
}

int rknn_run(rknn_context handle, void *extend) {
    (void)extend;
    struct context *context = enter(handle, "run");
    if (!context)
        return CONTEXT_INVALID;
    int number = atomic_fetch_add(&runs, 1) + 1;
    if (fails("hang-run", number)) {
        note("run %d hangs", number);
        pause();
    }
    bool is_in_memory = is_bound(context);
    if (is_in_memory)
        take_bound_picture(&context->memories, &context->network);
    bool is_ready = is_in_memory || context->has_input;
    int code = is_ready && !fails("run", number) ? work(context) : FAILED;
    if (code == OK && is_in_memory)
        write_bound_outputs(&context->memories, &context->network);
    context->has_result = code == OK;
    context->has_input = false;
    note("run %d on core %d of context %d, picture %d -> %d", number, context->core,
         context->number, context->network.seen, code);
    return leave(context, code);
}

struct tensor_memory *rknn_create_mem(rknn_context handle, uint32_t bytes) {
    struct context *context = enter(handle, "create_mem");
    if (!context)
        return NULL;
    int number = atomic_fetch_add(&memories_made, 1) + 1;
    struct tensor_memory *memory =
        fails("create_mem", number) ? NULL : make_memory(&context->memories, bytes);
    leave(context, OK);
    return memory;
}

int rknn_destroy_mem(rknn_context handle, struct tensor_memory *memory) {
    struct context *context = enter(handle, "destroy_mem");
    if (!context)
        return CONTEXT_INVALID;
    bool was_there = give_back(&context->memories, memory);
    if (!was_there)
        note("broken destroy_mem of context %d: it has no such memory", context->number);
    return leave(context, was_there ? OK : PARAMETER_INVALID);
}

int rknn_set_io_mem(
    rknn_context handle, struct tensor_memory *memory, struct tensor_attr *attr) {
    struct context *context = enter(handle, "set_io_mem");
    if (!context)
        return CONTEXT_INVALID;
    if (fails("set_io_mem", atomic_fetch_add(&memories_bound, 1) + 1))
        return leave(context, FAILED);
    const char *fault = bind_memory(&context->memories, &context->network, memory, attr);
    if (fault)
        note("broken set_io_mem of context %d: %s", context->number, fault);
    return leave(context, fault ? PARAMETER_INVALID : OK);
}

/* Counts from the beginning again. */
void stand_in_reset(void) {
    made = runs = outputs_gets = memories_made = memories_bound = 0;
}

/* How many contexts there are, and how many bytes of weights. */
void stand_in_held(int64_t held[2]) {
    held[0] = 0;
    for (int number = 0; number < MAX_CONTEXTS; number++)
        held[0] += table[number] != NULL;
    held[1] = weight_bytes();
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
