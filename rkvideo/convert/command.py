"""`convert`: what its words ask for, and what is shown while it works."""

from __future__ import annotations

import argparse
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from rich.console import Console

from rkvideo.config import ModelSpec
from rkvideo.convert.calibration import fingerprint, pick_pictures
from rkvideo.convert.check_set import CheckSet, check_set_at, usual_check_set
from rkvideo.convert.choices import DEFAULT_IMAGES, KINDS, TARGETS
from rkvideo.convert.fitting import fitted_sizes, picture_size
from rkvideo.convert.jobs import FileJob, FileOutcome, Inputs, up_to_date
from rkvideo.convert.report import BarReport, print_outcomes, progress_bar
from rkvideo.convert.task import Task
from rkvideo.convert.verdict import Bounds
from rkvideo.convert.weights import SUFFIX, export_weights
from rkvideo.errors import (
    DONE,
    DOUBTFUL,
    FAILED,
    BackendUnavailableError,
    ConfigError,
    ModelNotFoundError,
    RkVideoError,
)
from rkvideo.files.scratch import remove_dead_scratch, scratch_prefix
from rkvideo.files.terminal import escape
from rkvideo.machine.places import writable_model_folder
from rkvideo.model_files.manifest import read_manifest
from rkvideo.model_files.sidecar import apply_sidecar
from rkvideo.models.fetch import demo_clip, fetch
from rkvideo.models.resolve import local_file, resolve
from rkvideo.sizes.words import parse_size
from rkvideo.sources.names import DEMO
from rkvideo.toolkit.environment import TOOLKIT, Say, installed_toolkit
from rkvideo.toolkit.kept_builds import sha256_of
from rkvideo.toolkit.process import Toolkit

if TYPE_CHECKING:
    from rkvideo.convert.converter import Converter

_Item = TypeVar("_Item")

_VARIANT = re.compile(r"(?:s2?|j|m)$")
HELD_OUT = 10
"""Pictures of the calibration that check where no others can be had."""


@dataclass(frozen=True, slots=True)
class ConvertOptions:
    """What `convert` was asked for.

    With `fit`, (width, height) of a picture, there are files besides those of `sizes` whose input
    has its shape and one of `long_sides`.
    """

    model: str
    sizes: tuple[tuple[int, int], ...]
    targets: tuple[str, ...]
    kinds: tuple[bool, ...]
    calibration: Path | None
    images: int = DEFAULT_IMAGES
    check: Path | None = None
    bounds: Bounds = field(default_factory=Bounds)
    try_all: bool = False
    accept: bool = False
    out: Path = field(default_factory=writable_model_folder)
    force: bool = False
    fit: tuple[int, int] | None = None
    long_sides: tuple[int, ...] = ()

    def fitted(self, model: ModelSpec) -> ConvertOptions:
        """The same with all sizes told, now that the model is known. Raises ConfigError."""
        if self.fit is None:
            return self
        sizes = (*self.sizes, *fitted_sizes(model, self.fit, self.long_sides))
        return replace(self, sizes=_without_doubles(iter(sizes)), fit=None)

    def jobs(self, name: str) -> tuple[FileJob, ...]:
        """A job per size, chip and type."""
        return tuple(
            FileJob(name, size, target, quantised)
            for size, target, quantised in product(self.sizes, self.targets, self.kinds)
        )


def options_of(args: argparse.Namespace, say: Say = lambda _line: None) -> ConvertOptions:
    """The options that the words ask for; `say` is told of a download of the demo clip.

    Raises ConfigError, and ModelNotFoundError where that clip cannot be fetched.
    """
    targets = tuple(_chip(part.strip().lower()) for part in args.target.split(","))
    if args.images < 1:
        raise ConfigError(f"--images is {args.images}: give a number of at least 1, better 20")
    if not args.max_loss >= 0:
        raise ConfigError(f"--max-loss is {args.max_loss:g}: give AP of at least 0, such as 1.0")
    kinds = KINDS[args.quantize]
    words = [part.strip() for part in args.sizes.split(",")]
    sides = [word for word in words if args.fit is not None and "x" not in word.lower()]
    return ConvertOptions(
        model=args.model,
        sizes=_without_doubles(parse_size(word) for word in words if word not in sides),
        targets=_without_doubles(iter(targets)),
        kinds=kinds,
        calibration=_calibration_of(args.calibration, any(kinds), say),
        images=args.images,
        check=args.check,
        bounds=Bounds(args.max_loss),
        try_all=args.try_all,
        accept=args.accept,
        out=args.out or writable_model_folder(),
        force=args.force,
        fit=None if args.fit is None else picture_size(_clip_of(args.fit, say)),
        long_sides=_without_doubles(parse_size(word)[0] for word in sides),
    )


def _clip_of(fit: str, say: Say) -> str:
    return str(demo_clip(say)) if fit == DEMO and not Path(DEMO).exists() else fit


def _calibration_of(given: Path | None, is_needed: bool, say: Say) -> Path | None:
    """Where the pictures are that calibrate int8; None where nothing is quantised."""
    if not is_needed:
        return None
    if given is None:
        raise ConfigError(
            "int8 needs --calibration: a video or a folder of pictures like those that the model "
            "will see (fp16 needs none)"
        )
    if given == Path(DEMO) and not given.exists():
        return demo_clip(say)
    if not given.exists():
        raise ConfigError(f"--calibration {given}: there is no such video or folder")
    return given


def run(
    args: argparse.Namespace,
    console: Console,
    find_toolkit: Callable[[Say], Toolkit] = installed_toolkit,
) -> int:
    """Run `convert`; gives the exit code.

    It is 1 where some files could not be made, 3 where a warning speaks against one that was made
    and that was not accepted. See `convert` for `find_toolkit`. Raises RkVideoError where none
    could be made.
    """

    def say(line: str) -> None:
        console.print(escape(line), soft_wrap=True)

    options = options_of(args, say)
    remove_dead_scratch()
    with tempfile.TemporaryDirectory(prefix=scratch_prefix("convert")) as folder:
        outcomes = convert(options, Path(folder), console, find_toolkit)
    print_outcomes(outcomes, console)
    if any(outcome.error for outcome in outcomes):
        return FAILED
    is_doubtful = any(outcome.result and outcome.result.warnings for outcome in outcomes)
    return DOUBTFUL if is_doubtful and not options.accept else DONE


def convert(
    options: ConvertOptions,
    work: Path,
    console: Console,
    find_toolkit: Callable[[Say], Toolkit],
) -> tuple[FileOutcome, ...]:
    """Make every file that is not up to date, with temporary files in `work`.

    A file that cannot be made does not keep the others from it. `find_toolkit` gives the toolkit,
    which may install it. Raises RkVideoError, also the first one where no file could be made.
    """

    def say(line: str) -> None:
        console.print(escape(line), soft_wrap=True)

    model = _model_of(options.model, work, say)
    options = options.fitted(model)
    inputs = _inputs_of(model, options)
    jobs = options.jobs(model.name)
    outcomes: dict[FileJob, FileOutcome] = {}
    for job in jobs:
        result = None if options.force else up_to_date(job, inputs, options.out)
        if result is not None:
            outcomes[job] = FileOutcome(_file_of(job, options), result)
    missing = [job for job in jobs if job not in outcomes]
    if missing:
        outcomes |= _make(model, inputs, missing, options, work, console, find_toolkit(say))
    errors = [outcome.error for outcome in outcomes.values() if outcome.error is not None]
    if errors and len(errors) == len(jobs):
        raise errors[0]
    return tuple(outcomes[job] for job in jobs)


def _make(
    model: ModelSpec,
    inputs: Inputs,
    jobs: list[FileJob],
    options: ConvertOptions,
    work: Path,
    console: Console,
    toolkit: Toolkit,
) -> dict[FileJob, FileOutcome]:
    try:
        # Imported late: the package onnx is needed here only.
        from rkvideo.convert.converter import Converter
    except ImportError as error:
        raise BackendUnavailableError(
            f"converting needs the package onnx ({error}): pip install onnx"
        ) from error
    try:
        options.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"--out {options.out} cannot be made: {error.strerror}") from error
    task = task_of(options, console)
    made: dict[FileJob, FileOutcome] = {}
    with progress_bar(console, len(jobs)) as report:
        report.note(f"checked with {task.check}")
        converter = Converter(model, task, toolkit, options.out, work, report)
        for job in jobs:
            made[job] = _try(converter, job, inputs, _file_of(job, options), report)
            report.finish()
    return made


def task_of(options: ConvertOptions, console: Console) -> Task:
    """The pictures that calibrate and those that check, which are others where that can be.

    Raises ConfigError and SourceError.
    """

    def say(line: str) -> None:
        console.print(escape(line), soft_wrap=True)

    place = options.calibration
    if options.check is None:
        check = usual_check_set(place, say)
    else:
        check = check_set_at(options.check, place)
    pictures = None
    if place is not None:
        # As many more for the recipe that takes twice the pictures.
        pictures = pick_pictures(place, 2 * options.images, HELD_OUT if check is None else 0)
        check = check or CheckSet(place.name, pictures.held_out, is_own=True)
    if check is None:
        raise ConfigError("no pictures to check with: name a video or a folder with --check")
    return Task(pictures, options.images, check, options.bounds, options.try_all)


def _try(
    converter: Converter, job: FileJob, inputs: Inputs, path: Path, report: BarReport
) -> FileOutcome:
    began = time.monotonic()
    try:
        result = converter.convert(job, inputs)
    except RkVideoError as error:
        report.note(f"{job.stem} failed: {error}")
        return FileOutcome(path, error=error)
    # Where there is no terminal, these lines are all the progress that is seen.
    report.note(f"{job.stem}: {result.kept.quality}")
    return FileOutcome(path, result, time.monotonic() - began)


def _file_of(job: FileJob, options: ConvertOptions) -> Path:
    return options.out / f"{job.stem}.rknn"


def _model_of(text: str, work: Path, say: Say) -> ModelSpec:
    """The ONNX model that `text` names; weights are exported, a known name is fetched."""
    path = Path(text).expanduser()
    if path.suffix == SUFFIX:
        spec = replace(resolve(str(export_weights(path, work, say))), name=path.stem)
        sidecar = path.with_suffix(".toml")
        return apply_sidecar(spec, sidecar.parent, sidecar.name) if sidecar.is_file() else spec
    try:
        return _only_onnx(resolve(text, backend="onnx"))
    except ModelNotFoundError:
        if text not in read_manifest() or local_file(text) is not None:
            raise
        fetch(text, say=say)
        return _only_onnx(resolve(text, backend="onnx"))


def _only_onnx(spec: ModelSpec) -> ModelSpec:
    if spec.path is None or spec.path.suffix != ".onnx":
        raise ConfigError(f"{spec.path} cannot be converted: give the ONNX file it was made from")
    if spec.size is not None:
        raise ConfigError(f"give the sizes with --sizes, not after the @ of {spec.name}")
    return spec


def _inputs_of(model: ModelSpec, options: ConvertOptions) -> Inputs:
    path = model.path
    if path is None:
        raise ModelNotFoundError(f"model {model.name} has no file")
    return Inputs(
        source=path.name,
        source_sha256=sha256_of(path),
        toolkit=TOOLKIT,
        calibration=_print_of(options.calibration),
        images=options.images,
        check=_print_of(options.check),
        max_loss=options.bounds.ap,
    )


def _print_of(place: Path | None) -> str:
    return "" if place is None else fingerprint(place)


def _chip(word: str) -> str:
    """The chip that is meant: variants such as rk3588s and rk3576j have the same NPU."""
    target = word if word in TARGETS else _VARIANT.sub("", word)
    if target not in TARGETS:
        raise ConfigError(f"--target {word!r} is no chip that is known: {', '.join(TARGETS)}")
    return target


def _without_doubles(items: Iterator[_Item]) -> tuple[_Item, ...]:
    return tuple(dict.fromkeys(items))
