"""Makes the files: one after the other, each built, checked, and written whole or not at all."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import onnx
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

from rkvideo.backends.base import BackendSpec
from rkvideo.config import ModelSpec
from rkvideo.convert.agreement import Agreement, compare
from rkvideo.convert.calibration import Pictures, write_dataset
from rkvideo.convert.check import float_boxes, float_spec, npu_spec, simulated_boxes
from rkvideo.convert.jobs import FileJob, Inputs, Recipe, Result, sidecar_text
from rkvideo.convert.layers import MOST_PIXELS, parse_layers, worst_layers
from rkvideo.convert.surgery import CutKind, cut_heads, exported_size
from rkvideo.convert.trunk import trunk_end
from rkvideo.data import Detections
from rkvideo.errors import ModelLoadError, ModelMismatchError
from rkvideo.files.whole import replace_whole
from rkvideo.machine.process import cpu_count
from rkvideo.toolkit.kept_builds import builds_folder, keep_build, sha256_of
from rkvideo.toolkit.process import BuildOrder, Toolkit, ToolkitProcess

# Of the stock file and its cut copy, both in float: rounding may move a box over the threshold,
# a wrong cut moves nearly all.
_SAME_MODEL = 0.9
_MODEL_FILE = "model.onnx"

_RECIPES = (
    Recipe(),
    Recipe(float_start=3),
    Recipe("kl_divergence", hybrid=True),
    Recipe("mmse"),
)
"""The cheapest first, those that helped models which int8 hurts after it; the last takes minutes,
where the others take seconds. YOLOX-Nano needs the second: its first convolutions put a few
channels of up to 90 beside many below 1, and one scale for all leaves these no steps."""

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
    """A model of one size in a folder of its own: the ONNX file, its spec and its dataset.

    `ends` maps a number of convolutions to the tensor behind that many, where there is one.
    """

    folder: Path
    model: ModelSpec
    spec: BackendSpec
    dataset: Path
    ends: Mapping[int, tuple[str, str]]

    @property
    def path(self) -> Path:
        return self.folder / _MODEL_FILE


class Converter:
    """Converts one ONNX model. Files that last go to `out`, all others to `work`."""

    def __init__(
        self,
        model: ModelSpec,
        pictures: Pictures,
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
        self._pictures = pictures
        self._toolkit = toolkit
        self._out = out
        self._work = work
        self._report = report
        self._prepared: dict[tuple[int, int], _Prepared] = {}
        self._references: dict[tuple[int, int], tuple[Detections, ...]] = {}

    def convert(self, job: FileJob, inputs: Inputs) -> Result:
        """Make one file and its sidecar, the best that the recipes give.

        Raises:
            ModelMismatchError: a model or a size that cannot be converted.
            ModelLoadError: the toolkit refuses it, or the folder cannot be written.
        """
        part = self._out / f"{job.stem}.rknn.part"
        log = self._out / f"{job.stem}.log"
        try:
            self._report.step(job, "cutting")
            cut = self._prepare(job)
            reference = self._reference(job, cut)
            log.unlink(missing_ok=True)
            with ToolkitProcess(self._toolkit, log, cut.folder, cpu_count()) as toolkit:
                result = self._try_recipes(job, cut, reference, toolkit, part)
            self._publish(job, inputs, part, cut, result)
        except OSError as error:
            where = error.filename or self._out
            raise ModelLoadError(f"{where} cannot be written: {error.strerror}") from error
        except KeyboardInterrupt:
            log.unlink(missing_ok=True)
            raise
        finally:
            part.unlink(missing_ok=True)
        return result

    def _try_recipes(
        self,
        job: FileJob,
        cut: _Prepared,
        reference: tuple[Detections, ...],
        toolkit: ToolkitProcess,
        part: Path,
    ) -> Result:
        """Build until a recipe is good; the best one's file is then at `part`."""
        best: Result | None = None
        for recipe in _RECIPES if job.quantised else (Recipe(),):
            if recipe.float_start and recipe.float_start not in cut.ends:
                continue
            try:
                agreement = self._build(job, recipe, cut, reference, toolkit)
            except ModelLoadError as error:
                if best is None:
                    raise
                self._report.note(f"{job.stem} ({recipe}): {error}")
                continue
            is_better = best is None or agreement.share > best.agreement.share
            if is_better:
                toolkit.export(part)
                best = Result(recipe, agreement)
            if agreement.good or not job.quantised:
                break
            self._report.note(f"{job.stem} ({recipe}): {agreement}; trying what may help")
            if is_better:
                best = Result(recipe, agreement, self._analyse(job, cut, toolkit))
        if best is None:
            raise ModelLoadError(f"{job.stem}: there is no recipe for it")
        return best

    def _analyse(self, job: FileJob, cut: _Prepared, toolkit: ToolkitProcess) -> tuple[str, ...]:
        """The layers of the model just built that lose most; none where they cannot be told."""
        if job.size[0] * job.size[1] > MOST_PIXELS:
            return ()
        self._report.step(job, "comparing layers")
        with tempfile.TemporaryDirectory(dir=cut.folder) as folder:
            pixels = npu_spec(cut.spec, cut.model).input
            pictures = Path(folder) / "picture"
            pictures.mkdir()
            write_dataset(self._pictures.held_out[:1], pixels, pictures)
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
        self,
        job: FileJob,
        recipe: Recipe,
        prepared: _Prepared,
        reference: tuple[Detections, ...],
        toolkit: ToolkitProcess,
    ) -> Agreement:
        self._report.step(job, f"building ({recipe})")
        toolkit.build(build_order(job, recipe, prepared))

        def tell(number: int) -> None:
            self._report.step(job, f"simulating {number + 1}/{len(reference)}")

        spec = npu_spec(prepared.spec, prepared.model)
        found = simulated_boxes(toolkit, spec, prepared.model, self._pictures.held_out, tell)
        return compare(reference, found)

    def _prepare(self, job: FileJob) -> _Prepared:
        """The model at the job's size in a folder, made once."""
        if job.size in self._prepared:
            return self._prepared[job.size]
        cut = cut_heads(self._source, job.size)
        folder = self._work / f"{job.size[0]}x{job.size[1]}"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / _MODEL_FILE
        onnx.save(cut.model, path)
        model = replace(_described(self._model, cut.kind), path=path, size=None)
        spec = float_spec(path, model)
        pixels = npu_spec(spec, model).input
        dataset = write_dataset(self._pictures.calibration, pixels, folder)
        prepared = _Prepared(folder, model, spec, dataset, _ends(cut.model))
        self._prepared[job.size] = prepared
        return prepared

    def _reference(self, job: FileJob, cut: _Prepared) -> tuple[Detections, ...]:
        """What the float model finds in the held-out pictures, once per size."""
        if job.size not in self._references:
            found = float_boxes(cut.path, cut.model, self._pictures.held_out)
            self._check_cut(job, found)
            self._references[job.size] = found
        return self._references[job.size]

    def _check_cut(self, job: FileJob, reference: tuple[Detections, ...]) -> None:
        """Raise ModelMismatchError where the cut model finds other boxes than its file."""
        if exported_size(self._source) not in (None, job.size) or self._model.path is None:
            return
        stock = replace(self._model, size=job.size)
        pictures = self._pictures.held_out
        agreement = compare(float_boxes(self._model.path, stock, pictures), reference)
        if agreement.share < _SAME_MODEL:
            raise ModelMismatchError(
                f"{self._model.path} cut before its outputs finds other boxes than before "
                f"({agreement}): its structure is not known; name the `head` in its sidecar or "
                "export it without post-processing"
            )

    def _publish(
        self, job: FileJob, inputs: Inputs, part: Path, made: _Prepared, result: Result
    ) -> None:
        """Give the built file and its sidecar their names."""
        sha256 = sha256_of(part)
        labels = made.model.labels or made.spec.labels
        licence = made.model.licence
        if licence == "unknown":
            licence = dict(made.spec.metadata).get("license", licence)
        described = replace(made.model, labels=labels, licence=licence)
        self._keep(sha256, job, result.recipe, made)
        text = sidecar_text(described, inputs.of(job), result, sha256)
        # The sidecar goes first: it names the file's hash, so that a stop between the two leaves a
        # pair that the next call makes anew.
        replace_whole(self._out / f"{job.stem}.toml", text)
        part.replace(self._out / f"{job.stem}.rknn")

    def _keep(self, sha256: str, job: FileJob, recipe: Recipe, made: _Prepared) -> None:
        """Keep what the file was built from; it is good without, but not for the simulator."""
        try:
            keep_build(sha256, made.folder, build_order(job, recipe, made))
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
        dataset=str(made.dataset) if job.quantised else None,
        algorithm=recipe.algorithm,
        hybrid=recipe.hybrid,
        fp16=made.ends.get(recipe.float_start),
        threads=cpu_count(),
    )


def _ends(model: onnx.ModelProto) -> dict[int, tuple[str, str]]:
    """Between which tensors each recipe's start of the network lies."""
    (picture,) = model.graph.input
    wanted = {recipe.float_start for recipe in _RECIPES if recipe.float_start}
    ends = {count: trunk_end(model.graph, count) for count in wanted}
    return {count: (picture.name, end) for count, end in ends.items() if end is not None}


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
