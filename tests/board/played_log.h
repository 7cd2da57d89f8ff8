/* What the stand-in writes down, and which of its calls a test wants to fail. */
#ifndef PLAYED_LOG_H
#define PLAYED_LOG_H

#include <stdbool.h>

/* A line in STAND_IN_LOG, where that is named. */
void note(const char *format, ...);

/* Whether STAND_IN_FAIL is `CALL@NUMBER`. */
bool fails(const char *call, int number);

#endif
