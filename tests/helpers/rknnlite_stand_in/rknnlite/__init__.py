"""A stand-in for the rknnlite package, for tests on a machine without an NPU."""
