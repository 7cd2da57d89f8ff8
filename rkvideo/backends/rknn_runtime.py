"""The runtime library of RKNNLite, and what keeps it from opening a model.

RKNNLite answers every refusal with -1; the reasons are in the log of the library, if anywhere. So
they are looked for where they can be seen: in the library's version, and at the NPU's device.
"""

from __future__ import annotations

import mmap
import re
from pathlib import Path

from rkvideo.errors import BackendUnavailableError, ModelError, ModelLoadError
from rkvideo.machine.called import as_called
from rkvideo.machine.device_access import access_repair, may_use
from rkvideo.machine.npu_files import below, npu_nodes

RUNTIME_LIBRARY = Path("/usr/lib/librknnrt.so")
USUAL_GROUP = "render"
"""The group that the NPU's device belongs to where the image has a rule for it."""

_LIBRARY_URL = (
    "https://github.com/airockchip/rknn-toolkit2/raw/master/"
    "rknpu2/runtime/Linux/librknn_api/aarch64/librknnrt.so"
)
GET_LIBRARY = f"curl -fLO {_LIBRARY_URL} && sudo install -m 644 librknnrt.so {RUNTIME_LIBRARY}"
_WHERE = "the rknn-toolkit2 repository, folder rknpu2/runtime/Linux/librknn_api/aarch64"
# What librknnrt logs of itself stands in its bytes, for instance
# `librknnrt version: 2.3.2 (429f97ae6b@2025-04-09T09:09:27)`.
_VERSION_MARK = b"librknnrt version: "
_VERSION = re.compile(r"\d+(\.\d+)+")


def library_version(path: Path) -> str:
    """The version in the bytes of a librknnrt.so, such as `2.3.2`; empty where there is none."""
    if path.stat().st_size == 0:
        return ""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        at = content.find(_VERSION_MARK)
        if at < 0:
            return ""
        start = at + len(_VERSION_MARK)
        match = _VERSION.match(content[start : start + 32].decode("ascii", "replace"))
    return match[0] if match else ""


def version_numbers(version: str) -> tuple[int, ...]:
    """`2.3.2b0` as (2, 3, 2); empty for what is no version."""
    match = _VERSION.match(version)
    return tuple(int(part) for part in match[0].split(".")) if match else ()


def older_than_wrapper(error: AttributeError) -> ModelLoadError | None:
    """The error where `error` says that the library lacks a function that RKNNLite calls."""
    if RUNTIME_LIBRARY.name not in str(error):
        return None
    return ModelLoadError(
        f"{RUNTIME_LIBRARY} is older than rknnlite needs ({error}): copy a newer one from {_WHERE}"
    )


def refusal(path: Path, core: int, made_with: str, root: Path) -> ModelError:
    """The error for a context that did not open on `core`; the machine is seen below `root`.

    `made_with` is the version of the toolkit that made the model at `path`.
    """
    library = below(root, str(RUNTIME_LIBRARY))
    if not library.is_file():
        return BackendUnavailableError(
            f"NPU core {core} did not open: {RUNTIME_LIBRARY} is missing: copy it from {_WHERE}"
        )
    what = f"NPU core {core} did not open {path}"
    nodes = npu_nodes(root)
    if nodes and not any(may_use(below(root, node)) for node in nodes):
        repair = access_repair(root, nodes, USUAL_GROUP)
        return BackendUnavailableError(f"{what}: you may not use {', '.join(nodes)}: {repair}")
    version = library_version(library)
    if version and version_numbers(version)[:2] < version_numbers(made_with)[:2]:
        return ModelLoadError(
            f"{what}: {RUNTIME_LIBRARY} is {version}, older than the toolkit {made_with} that made "
            f"the model (`Invalid RKNN model version 6`): copy a newer one from {_WHERE}"
        )
    return ModelLoadError(
        f"{what}: the runtime refuses it; -v shows why, `{as_called()} doctor` what is wrong here, "
        "and --cores leaves out a core that does not answer"
    )
