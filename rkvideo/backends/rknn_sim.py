"""A .rknn file in Rockchip's simulator: the numbers of the NPU without a board, but slow.

The simulator runs only what the toolkit has just built, so opening the backend builds the model
again from what `convert` kept, with as many threads: it then gives the same numbers, bit
for bit. It answers in a child process of its own.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rkvideo.backends.base import BackendSpec
from rkvideo.backends.common import as_outputs, check_tensor, rknn_spec, with_overrides
from rkvideo.backends.rknn import choose_input
from rkvideo.backends.values import probe
from rkvideo.errors import InferenceError, ModelLoadError, RkVideoError
from rkvideo.files.scratch import scratch_prefix
from rkvideo.machine.soc import Soc
from rkvideo.model_files.rknn_file import read_header
from rkvideo.toolkit.kept_builds import kept_build, sha256_of
from rkvideo.toolkit.process import LOG_NAME, Toolkit, ToolkitProcess

if TYPE_CHECKING:
    from rkvideo.config import ModelSpec
    from rkvideo.data import Outputs, Tensor

# A picture of 1920x1088 takes seconds on one core of a PC.
INFER_LIMIT_S = 120.0


class RknnSimBackend:
    """One model in one toolkit process, which the thread that opened it closes."""

    def __init__(self, path: Path, model: ModelSpec, toolkit: Toolkit) -> None:
        """Build what `path` was converted from and run it once.

        Raises:
            ModelNotFoundError, ModelLoadError, ModelMismatchError, BackendUnavailableError.
        """
        header = read_header(path)
        pixels = choose_input(path, header, model, Soc(header.targets[0], 1))
        wanted = with_overrides(pixels, model)
        order = kept_build(sha256_of(path), path)
        self._title = f"{model.title(wanted.width, wanted.height)} (rknn-sim)"
        self._folder = tempfile.TemporaryDirectory(prefix=scratch_prefix("sim"))
        log = Path(order.onnx).with_name(LOG_NAME)
        self._process: ToolkitProcess | None = None
        try:
            folder = Path(self._folder.name)
            process = self._process = ToolkitProcess(toolkit, log, folder, order.threads)
            process.build(order)
            arrays = process.infer(np.full(wanted.shape, wanted.pad, np.uint8))
            if len(arrays) != len(header.outputs):
                raise ModelLoadError(
                    f"{path} has {len(header.outputs)} outputs, but its build gave "
                    f"{len(arrays)}: convert it again with --force"
                )
        except InferenceError as error:
            self.close()
            raise ModelLoadError(str(error)) from error
        except RkVideoError:
            self.close()
            raise
        self._spec = rknn_spec(
            path, header, wanted, (array.shape for array in arrays), probe(arrays)
        )

    @property
    def spec(self) -> BackendSpec:
        """What the model takes and gives."""
        return self._spec

    def infer(self, tensor: Tensor, frame_index: int) -> Outputs:
        """Run the model; see `Backend.infer`."""
        who = f"{self._title}, frame {frame_index}"
        if self._process is None:
            raise InferenceError(f"{who}: the model is closed")
        check_tensor(tensor, self._spec.input, who)
        return as_outputs(self._process.infer(tensor), self._spec.outputs, who)

    def close(self) -> None:
        """End the toolkit's process."""
        if self._process is not None:
            self._process.close()
            self._process = None
            self._folder.cleanup()
