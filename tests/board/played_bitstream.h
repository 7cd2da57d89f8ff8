/* What the played video unit reads in packets: no picture, but what a decoder must have been given. */
#ifndef PLAYED_BITSTREAM_H
#define PLAYED_BITSTREAM_H

#include "mpp_stand_in.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether the picture can be decoded without any before it. */
bool needs_no_reference(enum coding coding, const uint8_t *bytes, size_t size);

/* Whether decoding can begin with the packet; its units must have start codes. */
bool has_parameters(enum coding coding, const uint8_t *bytes, size_t size);

#endif
