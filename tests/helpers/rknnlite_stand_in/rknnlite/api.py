"""A stand-in for `rknnlite.api`: answers like version 2.3.2, also where that is unhelpful."""

import json
import logging
import struct
import threading
from pathlib import Path

import numpy as np

_log = logging.getLogger("acuityLogger")
_log.propagate = False
_log.addHandler(logging.StreamHandler())


class RKNNLite:
    NPU_CORE_AUTO = 0
    NPU_CORE_0 = 1
    NPU_CORE_1 = 2
    NPU_CORE_2 = 4

    # What tests set, and what they read; `reset` puts both back.
    init_code = 0
    init_error = None
    answer = "good"
    made = []  # noqa: RUF012 - shared on purpose: the test looks at every object made

    @classmethod
    def reset(cls):
        cls.init_code, cls.init_error, cls.answer = 0, None, "good"
        cls.made = []

    def __init__(self, verbose=False, verbose_file=None):
        self.thread = threading.get_ident()
        self.core_mask = None
        self.data = None
        self.released = 0
        self.fed = []
        self.made.append(self)
        _log.warning("rknn-toolkit-lite2 version: 2.3.2")

    def load_rknn(self, path):
        if not Path(path).exists():
            return -1
        self.data = Path(path).read_bytes()  # junk is not noticed here
        return 0

    def init_runtime(self, target=None, device_id=None, async_mode=False, core_mask=0):
        self._same_thread()
        if self.init_error is not None:
            raise self.init_error
        if target is not None or core_mask not in (0, 1, 2, 3, 4, 7):
            return -1
        self.core_mask = core_mask
        if self.init_code != 0:
            _log.error("Catch exception when init runtime!")
            _log.error("Traceback (most recent call last):\n  File x")
        return self.init_code

    def inference(self, inputs, data_type=None, data_format=None):
        self._same_thread()
        if not isinstance(inputs, list) or self.answer == "none":
            return None
        if inputs[0].ndim != 4 or inputs[0].dtype == np.float64:
            return None
        self.fed.append(inputs[0].copy())  # any height, width and batch is taken
        outputs = [np.full(shape, inputs[0].mean(), np.float32) for shape in self._shapes()]
        if self.answer == "fewer":
            return outputs[:-1]
        if self.answer == "shape":
            return [output[..., :-1] for output in outputs]
        return outputs

    def release(self):
        self._same_thread()
        self.released += 1

    def _same_thread(self):
        if threading.get_ident() != self.thread:
            raise RuntimeError("the stand-in is used by two threads")

    def _shapes(self):
        (size,) = struct.unpack_from("<Q", self.data, 16)
        tree = json.loads(self.data[72 + size :])
        return [item["size"] for item in tree["norm_tensor"] if item["tensor_id"] > 0]
