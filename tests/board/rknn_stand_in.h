/* The part of Rockchip's public C interface that rknn-toolkit-lite2 and rkvideo call, as plain C
 * types.
 *
 * Only layouts and numbers, for 64-bit Linux, where every enumeration is a 32-bit integer.
 */
#ifndef RKNN_STAND_IN_H
#define RKNN_STAND_IN_H

#include <stdint.h>

enum { MAX_DIMS = 16, MAX_NAME = 256 };

enum result {
    OK = 0,
    FAILED = -1,
    NO_MEMORY = -4,
    PARAMETER_INVALID = -5,
    MODEL_INVALID = -6,
    CONTEXT_INVALID = -7,
    INPUT_INVALID = -8,
    OUTPUT_INVALID = -9,
    TARGET_UNMATCHED = -13
};

enum query { IN_OUT_COUNT = 0, INPUT_ATTR = 1, OUTPUT_ATTR = 2, SDK_VERSION = 5 };
enum tensor_type { TYPE_FLOAT32 = 0, TYPE_FLOAT16 = 1, TYPE_INT8 = 2, TYPE_UINT8 = 3 };
enum tensor_format { FORMAT_NCHW = 0, FORMAT_NHWC = 1, FORMAT_NC1HWC2 = 2 };
enum quantisation { NOT_QUANTISED = 0, QUANTISED_AFFINE = 2 };

struct in_out_count {
    uint32_t inputs, outputs;
};

struct sdk_version {
    char library[256], driver[256];
};

struct tensor_attr {
    uint32_t index;
    uint32_t dim_count;
    uint32_t dims[MAX_DIMS];
    char name[MAX_NAME];
    uint32_t elements;
    uint32_t bytes;
    int32_t format, type, quantisation;
    int8_t fraction_bits;
    int32_t zero_point;
    float scale;
    uint32_t width_stride;
    uint32_t bytes_with_stride;
    uint8_t pass_through;
    uint32_t height_stride;
};

struct input {
    uint32_t index;
    void *data;
    uint32_t bytes;
    uint8_t pass_through;
    int32_t type, format;
};

struct output {
    uint8_t want_float;
    uint8_t is_preallocated;
    uint32_t index;
    void *data;
    uint32_t bytes;
};

struct tensor_memory {
    void *data;
    uint64_t physical;
    int32_t file, offset;
    uint32_t bytes, flags;
    void *private;
};

typedef uint64_t rknn_context;

int rknn_init(rknn_context *context, void *model, uint32_t bytes, uint32_t flags, void *extend);
int rknn_dup_context(rknn_context *from, rknn_context *to);
int rknn_destroy(rknn_context context);
int rknn_query(rknn_context context, int32_t command, void *info, uint32_t bytes);
int rknn_set_core_mask(rknn_context context, int32_t mask);
int rknn_inputs_set(rknn_context context, uint32_t count, struct input inputs[]);
int rknn_set_input_shapes(rknn_context context, uint32_t count, struct tensor_attr attrs[]);
int rknn_run(rknn_context context, void *extend);
int rknn_outputs_get(rknn_context context, uint32_t count, struct output outputs[], void *extend);
int rknn_outputs_release(rknn_context context, uint32_t count, struct output outputs[]);
struct tensor_memory *rknn_create_mem(rknn_context context, uint32_t bytes);
int rknn_destroy_mem(rknn_context context, struct tensor_memory *memory);
int rknn_set_io_mem(
    rknn_context context, struct tensor_memory *memory, struct tensor_attr *attr);

#endif
