"""Makes the files: one after the other, each built, checked, and written whole or not at all."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import onnx
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

from rkvideo.backends.base import BackendSpec
from rkvideo.config import ModelSpec
from rkvideo.convert.calibration import write_dataset
from rkvideo.convert.check import float_boxes, float_spec, npu_spec, simulated_boxes
from rkvideo.convert.float_parts import Pair, float_layers, float_parts
from rkvideo.convert.jobs import FileJob, Inputs, NotMade, Result, Trial, sidecar_text
from rkvideo.convert.layers import MOST_PIXELS, parse_layers, worst_layers
from rkvideo.convert.quality import measure_quality, same_share
from rkvideo.convert.recipes import LADDER, Part, Recipe
from rkvideo.convert.surgery import CutKind, cut_heads, exported_size
from rkvideo.convert.task import Task
from rkvideo.convert.verdict import doubts, too_much
from rkvideo.errors import ModelLoadError, ModelMismatchError
from rkvideo.evaluation.matching import Boxes
from rkvideo.files.whole import replace_whole
from rkvideo.machine.process import cpu_count
from rkvideo.toolkit.kept_builds import builds_folder, keep_build, sha256_of
from rkvideo.toolkit.process import DATASET, BuildOrder, Toolkit, ToolkitProcess

# Of the stock file and its cut copy, both in float: rounding may move a box over the threshold,
# a wrong cut moves nearly all.
_SAME_MODEL = 0.9
_CUT_PICTURES = 10
_MUCH_LOST = 0.85
"""Share of correct boxes below which the layers are named: that takes a minute."""

_MODEL_FILE = "model.onnx"

_HEADS: dict[CutKind, tuple[str, bool]] = {
    "dfl": ("dfl", True),
    "anchors": ("anchors", False),
    "yolox": ("yolox", False),
}


class Report(Protocol):
    """Whom a conversion tells how far it is."""

    def step(self, job: FileJob, what: str) -> None:
        """Something of `job` begins, such as `building` or `simulating 3/10`."""
        ...

    def note(self, line: str) -> None:
        """A line that stays, such as a warning."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class _Prepared:
    """A model of one size in a folder of its own: the ONNX file and its spec.

    `graph` is what the file holds; `parts` are those that may stay in fp16.
    """

    folder: Path
    model: ModelSpec
    spec: BackendSpec
    graph: onnx.GraphProto
    parts: Mapping[Part, tuple[Pair, ...]]

    @property
    def path(self) -> Path:
        return self.folder / _MODEL_FILE

    @property
    def labels(self) -> tuple[str, ...]:
        return self.model.labels or self.spec.labels

    def pairs(self, recipe: Recipe) -> tuple[Pair, ...]:
        """Between which tensors `recipe` leaves fp16."""
        return tuple(pair for part in recipe.fp16 for pair in self.parts[part])


class Converter:
    """Converts one ONNX model. Files that last go to `out`, all others to `work`."""

    def __init__(
        self,
        model: ModelSpec,
        task: Task,
        toolkit: Toolkit,
        out: Path,
        work: Path,
        report: Report,
    ) -> None:
        """Read the model's file. Raises ModelLoadError."""
        if model.path is None:
            raise ModelLoadError(f"model {model.name} has no file: give the path of an ONNX file")
        self._model = model
        self._source = _load(model.path)
        self._task = task
        self._toolkit = toolkit
        self._out = out
        self._work = work
        self._report = report
        self._prepared: dict[tuple[int, int], _Prepared] = {}
        self._references: dict[tuple[int, int], tuple[Boxes, ...]] = {}

    def convert(self, job: FileJob, inputs: Inputs) -> Result:
        """Make one file and its sidecar, of the first recipe that is good, else of the best.

        Raises:
            ModelMismatchError: a model or a size that cannot be converted.
            ModelLoadError: the toolkit refuses it, or the folder cannot be written.
            ConfigError: the labels of the check are not those of the model.
        """
        part = self._out / f"{job.stem}.rknn.part"
        log = self._out / f"{job.stem}.log"
        try:
            self._report.step(job, "cutting")
            cut = self._prepare(job)
            self._reference(job, cut)
            log.unlink(missing_ok=True)
            with ToolkitProcess(self._toolkit, log, cut.folder, cpu_count()) as toolkit:
                result = self._try_recipes(job, cut, toolkit, part)
            self._publish(job, inputs, part, cut, result)
        except OSError as error:
            where = error.filename or self._out
            raise ModelLoadError(f"{where} cannot be written: {error.strerror}") from error
        except KeyboardInterrupt:
            log.unlink(missing_ok=True)
            raise
        finally:
            part.unlink(missing_ok=True)
            _trial_file(part).unlink(missing_ok=True)
        return result

    def _try_recipes(
        self, job: FileJob, cut: _Prepared, toolkit: ToolkitProcess, part: Path
    ) -> Result:
        """Build until a recipe is good; the file of the best one is then at `part`."""
        task = self._task
        tried: list[Trial] = []
        not_made: list[NotMade] = []
        kept: Trial | None = None
        layers: tuple[str, ...] = ()
        for recipe in self._recipes(job, cut):
            try:
                trial = self._build(job, recipe, cut, toolkit, part)
            except ModelLoadError as error:
                if kept is None:
                    raise
                self._report.note(f"{job.stem} ({recipe}): {error}")
                not_made.append(NotMade(recipe, str(error)))
                continue
            tried.append(trial)
            is_better = kept is None or self._is_better(trial, kept)
            if is_better:
                _trial_file(part).replace(part)
                kept, layers = trial, ()
            good = task.bounds.holds(trial.quality)
            if (good and not task.try_all) or not trial.quality.boxes:
                break
            self._report.note(f"{job.stem} ({recipe}): {trial}")
            if is_better and job.quantised and trial.quality.share < _MUCH_LOST:
                layers = self._analyse(job, cut, toolkit)
        if kept is None:
            raise ModelLoadError(f"{job.stem}: there is no recipe for it")
        return Result(
            kept,
            tuple(tried),
            str(task.check),
            self._warnings(job, kept),
            layers,
            len(task.calibrating(kept.recipe)) if job.quantised else 0,
            tuple(not_made),
        )

    def _warnings(self, job: FileJob, kept: Trial) -> tuple[str, ...]:
        return (
            *(self._task.poor_calibration if job.quantised else ()),
            *doubts(kept.quality, is_own=self._task.check.is_own),
            *too_much(kept.quality, self._task.bounds),
        )

    def _recipes(self, job: FileJob, cut: _Prepared) -> Iterator[Recipe]:
        """Those that can be tried; where the calibration is poor no other recipe mends it."""
        yield Recipe()
        if not job.quantised or self._task.poor_calibration:
            return
        seen = {Recipe()}
        for wanted in LADDER[1:]:
            recipe = replace(wanted, fp16=tuple(part for part in wanted.fp16 if part in cut.parts))
            more = len(self._task.calibrating(recipe)) > len(self._task.calibrating(Recipe()))
            if recipe not in seen and (more or not recipe.more):
                seen.add(recipe)
                yield recipe

    def _is_better(self, trial: Trial, kept: Trial) -> bool:
        """Of good ones the first is the cheapest; else the one that loses less."""
        bounds = self._task.bounds
        return not bounds.holds(kept.quality) and (
            bounds.excess(trial.quality) < bounds.excess(kept.quality)
        )

    def _analyse(self, job: FileJob, cut: _Prepared, toolkit: ToolkitProcess) -> tuple[str, ...]:
        """The layers of the model just built that lose most; none where they cannot be told."""
        if job.size[0] * job.size[1] > MOST_PIXELS:
            return ()
        self._report.step(job, "comparing layers")
        with tempfile.TemporaryDirectory(dir=cut.folder) as folder:
            pixels = npu_spec(cut.spec, cut.model).input
            pictures = Path(folder) / "picture"
            pictures.mkdir()
            write_dataset(self._task.check.pictures[:1], pixels, pictures)
            (picture,) = pictures.glob("*.png")
            try:
                table = toolkit.analyse(picture, Path(folder) / "layers")
            except ModelLoadError as error:
                # The model is built and checked; only what is wrong with it stays unknown.
                self._report.note(f"{job.stem}: its layers cannot be named: {error}")
                return ()
        layers = tuple(str(layer) for layer in worst_layers(parse_layers(table)))
        if layers:
            self._report.note(f"{job.stem}: layers that lose most, as cosines: {', '.join(layers)}")
        return layers

    def _build(
        self, job: FileJob, recipe: Recipe, made: _Prepared, toolkit: ToolkitProcess, part: Path
    ) -> Trial:
        self._report.step(job, f"building ({recipe})")
        if job.quantised and not (made.folder / dataset_name(recipe)).exists():
            pixels = npu_spec(made.spec, made.model).input
            pictures = self._task.calibrating(recipe)
            write_dataset(pictures, pixels, made.folder, dataset_name(recipe))
        toolkit.build(build_order(job, recipe, made), recipe.most_s)
        file = _trial_file(part)
        toolkit.export(file)
        reference, check = self._references[job.size], self._task.check

        def tell(number: int) -> None:
            self._report.step(job, f"simulating {number + 1}/{len(reference)} ({recipe})")

        spec = npu_spec(made.spec, made.model)
        found = simulated_boxes(toolkit, spec, made.model, check.pictures, tell)
        quality = measure_quality(reference, found, check, made.labels)
        layers = -1 if recipe.hybrid else float_layers(made.graph, made.pairs(recipe))
        return Trial(recipe, quality, file.stat().st_size, layers)

    def _prepare(self, job: FileJob) -> _Prepared:
        """The model at the job's size in a folder, made once."""
        if job.size in self._prepared:
            return self._prepared[job.size]
        cut = cut_heads(self._source, job.size)
        folder = self._work / f"{job.size[0]}x{job.size[1]}"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / _MODEL_FILE
        onnx.save(cut.model, path)
        model = replace(_described(self._model, cut.kind), path=path, size=None, fits=False)
        graph = cut.model.graph
        prepared = _Prepared(folder, model, float_spec(path, model), graph, float_parts(graph))
        self._prepared[job.size] = prepared
        return prepared

    def _reference(self, job: FileJob, cut: _Prepared) -> None:
        """See what the float model finds in the pictures of the check, once per size."""
        if job.size not in self._references:
            self._task.check.meet(cut.labels)
            found = float_boxes(cut.path, cut.model, self._task.check.pictures)
            self._check_cut(job, found)
            self._references[job.size] = found

    def _check_cut(self, job: FileJob, reference: tuple[Boxes, ...]) -> None:
        """Raise ModelMismatchError where the cut model finds other boxes than its file."""
        if exported_size(self._source) not in (None, job.size) or self._model.path is None:
            return
        stock = replace(self._model, size=job.size, fits=False)
        pictures = self._task.check.pictures[:_CUT_PICTURES]
        wanted = float_boxes(self._model.path, stock, pictures)
        share = same_share(wanted, reference[:_CUT_PICTURES])
        if share < _SAME_MODEL:
            raise ModelMismatchError(
                f"{self._model.path} cut before its outputs finds other boxes than before "
                f"({share:.0%} of them): its structure is not known; name the `head` in its "
                "sidecar or export it without post-processing"
            )

    def _publish(
        self, job: FileJob, inputs: Inputs, part: Path, made: _Prepared, result: Result
    ) -> None:
        """Give the built file and its sidecar their names."""
        sha256 = sha256_of(part)
        licence = made.model.licence
        if licence == "unknown":
            licence = dict(made.spec.metadata).get("license", licence)
        described = replace(made.model, labels=made.labels, licence=licence)
        self._keep(sha256, job, result.kept.recipe, made)
        text = sidecar_text(described, inputs.of(job), result, sha256)
        # The sidecar goes first: it names the file's hash, so that a stop between the two leaves a
        # pair that the next call makes anew.
        replace_whole(self._out / f"{job.stem}.toml", text)
        part.replace(self._out / f"{job.stem}.rknn")

    def _keep(self, sha256: str, job: FileJob, recipe: Recipe, made: _Prepared) -> None:
        """Keep what the file was built from; it is good without, but not for the simulator."""
        try:
            keep_build(sha256, build_order(job, recipe, made))
        except OSError as error:
            self._report.note(
                f"{job.stem}: what it was built from could not be kept in {builds_folder()} "
                f"({error.strerror}), so --backend rknn-sim cannot run it; the file is whole"
            )


def build_order(job: FileJob, recipe: Recipe, made: _Prepared) -> BuildOrder:
    """What the toolkit is told for `recipe`."""
    return BuildOrder(
        onnx=str(made.path),
        target=job.target,
        std=round(1 / made.spec.input.scale, 6),
        dataset=str(made.folder / dataset_name(recipe)) if job.quantised else None,
        algorithm=recipe.algorithm,
        hybrid=recipe.hybrid,
        fp16=made.pairs(recipe),
        threads=cpu_count(),
    )


def dataset_name(recipe: Recipe) -> str:
    """The file that lists the pictures which `recipe` calibrates with."""
    return f"more-{DATASET}" if recipe.more else DATASET


def _trial_file(part: Path) -> Path:
    """Where the file of one recipe lies until it is known whether it is the best."""
    return part.with_name(f"{part.name}-trial")


def _described(model: ModelSpec, kind: CutKind) -> ModelSpec:
    """The model with what its cut outputs are; maps of the file's own stay as described."""
    if kind not in _HEADS:
        return model
    head, raw_logits = _HEADS[kind]
    return replace(model, head=head, raw_logits=raw_logits, normalised_boxes=None)


def _load(path: Path) -> onnx.ModelProto:
    try:
        return onnx.load(path)
    except (OSError, DecodeError) as error:
        raise ModelLoadError(
            f"{path} cannot be read as an ONNX model ({error}): export or fetch it again"
        ) from error
