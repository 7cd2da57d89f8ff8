"""The models and sizes that a backend can run on this machine, as the window lists them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from rkvideo.backends.registry import plan_backend
from rkvideo.config import AppConfig, ModelChoice, ModelName, ModelSpec
from rkvideo.errors import ConfigError, RkVideoError
from rkvideo.files.untrusted import at_home, is_file
from rkvideo.machine.places import model_folders
from rkvideo.machine.soc import COMPATIBLE
from rkvideo.models.catalogue import UNKNOWN_LICENCE, ModelDescription, describe
from rkvideo.models.proposal import proposal, proposed_size
from rkvideo.models.resolve import model_files, resolve, spec_of_file

# What a model that serves every size is offered at: the long side that it was trained at, two that
# are faster, and the square, to see beside it what the fit brings.
LADDER = ("320", "416", "640", "640x640")

_STANDARD = (640, 640)


@dataclass(frozen=True, slots=True)
class _Offer:
    """A file at a size. `argument` is what leads to it; `trouble` says why it cannot be read."""

    argument: str
    path: Path
    name: ModelName
    described: ModelDescription | None
    trouble: str


def model_choices(
    config: AppConfig,
    rates: Mapping[tuple[str, str], float],
    *,
    dirs: Sequence[Path] | None = None,
    compatible: Path = COMPATIBLE,
) -> tuple[ModelChoice, ...]:
    """The models that `config.backend` can run, by name and then by the size of their input.

    Of a .rknn model whose files are all squares the one that would fit most cameras is proposed
    besides, with the command that makes it as its trouble.

    Every file of the models folders `dirs` is looked at, and the one that `config.model` names,
    also at a size that the ladder does not have. A file that is hidden behind another of its name
    is left out. `rates` are those of earlier benches, by (`--model` argument, backend).
    """
    folders = model_folders() if dirs is None else tuple(dirs)
    choices: dict[str, ModelChoice] = {}
    for offer in _offers(config, folders):
        if offer.argument in choices:
            continue
        try:
            spec = resolve(
                offer.argument, None, config.backend, dirs=folders, compatible=compatible
            )
        except RkVideoError:
            # Not for this backend, or for another chip.
            continue
        if config.backend == "simulated" or spec.path == offer.path:
            choices[offer.argument] = _choice(config, offer, spec, rates, compatible)
    made = (*choices.values(), *_proposals(tuple(choices.values())))
    return tuple(sorted(made, key=lambda one: (one.name, *one.order)))


def _proposals(choices: Sequence[ModelChoice]) -> Iterator[ModelChoice]:
    for name in {one.name for one in choices}:
        mine = [one for one in choices if (one.name, one.backend) == (name, "rknn")]
        proposed = proposed_size([one.size for one in mine])
        if proposed is not None:
            largest = max(mine, key=lambda one: one.size)
            argument = str(ModelName(name, proposed))
            trouble = proposal(name, largest.size, proposed)
            yield replace(largest, argument=argument, size=proposed, fps=None, trouble=trouble)


def _offers(config: AppConfig, folders: Sequence[Path]) -> Iterator[_Offer]:
    chosen = _chosen(config.model)
    for file in model_files(folders):
        yield from _offers_of(file.name, file.path, chosen, partial(spec_of_file, file, folders))
    path = at_home(chosen.name)
    if is_file(path):
        yield from _offers_of(chosen.name, path, chosen, lambda: ModelSpec(path.stem, path))


def _chosen(model: str) -> ModelName:
    try:
        return ModelName.parse(model)
    except ConfigError:
        # Opening it will tell what is wrong with its size: the list is there to choose another.
        return ModelName(model)


def _offers_of(
    name: str, path: Path, chosen: ModelName, spec: Callable[[], ModelSpec]
) -> Iterator[_Offer]:
    try:
        described = describe(spec())
    except RkVideoError as error:
        yield _Offer(name, path, ModelName(name), None, str(error))
        return
    for sized in _sized(name, described, chosen):
        yield _Offer(str(sized), path, sized, described, "")


def _sized(name: str, described: ModelDescription, chosen: ModelName) -> tuple[ModelName, ...]:
    """At the one size that a file has; where it serves all, at the ladder's and the chosen one."""
    shape = described.inputs[0].shape.split(" x ") if described.inputs else []
    height, width = shape[1:3] if shape[-1:] == ["3"] else shape[2:4] or ["?", "?"]
    if height.isdigit() and width.isdigit():
        return (ModelName(name, (int(width), int(height))),)
    more = (chosen,) if chosen.name == name and chosen.size is not None else ()
    return tuple(dict.fromkeys((*(ModelName.at(name, size) for size in LADDER), *more)))


def _choice(
    config: AppConfig,
    offer: _Offer,
    spec: ModelSpec,
    rates: Mapping[tuple[str, str], float],
    compatible: Path,
) -> ModelChoice:
    backend = config.backend if config.backend != "auto" else offer.path.suffix[1:]
    trouble = offer.trouble
    # The toolkit's environment is made by its first plan: minutes, and nobody asked yet.
    if not trouble and config.backend != "rknn-sim":
        try:
            plan_backend(replace(config, model=offer.argument), spec, compatible=compatible)
        except RkVideoError as error:
            trouble = str(error)
    return ModelChoice(
        argument=offer.argument,
        name=spec.name,
        size=offer.name.size or _STANDARD,
        fits=offer.name.fits,
        precision=_precision(offer.described),
        backend=backend,
        licence=_licence(spec, offer.described),
        fps=rates.get((offer.argument, backend)),
        trouble=trouble,
    )


def _licence(spec: ModelSpec, described: ModelDescription | None) -> str:
    if described is None or spec.licence != UNKNOWN_LICENCE:
        return spec.licence
    return described.spec.licence


def _precision(described: ModelDescription | None) -> str:
    if described is None or described.backend != "rknn":
        return "float32"
    return "int8" if described.quantised else "fp16"
