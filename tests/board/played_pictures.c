#define _GNU_SOURCE
#include "played_pictures.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC "RAW CLIP"

/* Little-endian, as the machine is; stamps and then pictures without padding follow. */
struct header {
    char magic[16];
    uint32_t width, height, chroma_rows, count;
};

static struct pictures loaded;
static pthread_once_t is_loaded = PTHREAD_ONCE_INIT;

static void load(void) {
    const char *path = getenv("STAND_IN_MPP_PICTURES");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    struct stat about;
    if (file < 0 || fstat(file, &about) < 0)
        return;
    const struct header *header =
        mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE, file, 0);
    close(file);
    if (header == MAP_FAILED || memcmp(header->magic, MAGIC, sizeof MAGIC) != 0)
        abort();
    const int64_t *pts = (const int64_t *)(header + 1);
    loaded = (struct pictures){header->width, header->height, header->chroma_rows, header->count,
                               pts, (const uint8_t *)(pts + header->count)};
}

const struct pictures *played_pictures(void) {
    pthread_once(&is_loaded, load);
    return loaded.count ? &loaded : NULL;
}

int picture_with(const struct pictures *pictures, int64_t pts) {
    for (uint32_t index = 0; index < pictures->count; index++)
        if (pictures->pts[index] == pts)
            return (int)index;
    return -1;
}

size_t picture_bytes(
    const struct pictures *pictures, size_t horizontal_stride, size_t vertical_stride) {
    size_t luma = horizontal_stride * vertical_stride;
    return pictures->chroma_rows == pictures->height ? luma * 2 : luma * 3 / 2;
}

void write_picture(const struct pictures *pictures, int index, uint8_t *to,
                   size_t horizontal_stride, size_t vertical_stride) {
    size_t width = pictures->width, rows = pictures->height + pictures->chroma_rows;
    const uint8_t *from = pictures->pixels + (size_t)index * width * rows;
    for (size_t row = 0; row < rows; row++) {
        size_t padding = row < pictures->height ? 0 : vertical_stride - pictures->height;
        memcpy(to + (row + padding) * horizontal_stride, from + row * width, width);
    }
}
