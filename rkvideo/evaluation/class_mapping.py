"""Which class of a model is which class of a data set: they meet by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rkvideo.errors import ConfigError
from rkvideo.evaluation.matching import Boxes

# Names that well-known sets have for one thing. Proposed to the user, never assumed.
_SYNONYMS = (
    ("tv", "tvmonitor", "television", "monitor"),
    ("motorcycle", "motorbike"),
    ("airplane", "aeroplane", "plane"),
    ("couch", "sofa"),
    ("potted plant", "pottedplant"),
    ("dining table", "diningtable", "table"),
    ("person", "pedestrian", "people", "human"),
    ("bicycle", "bike"),
    ("car", "automobile"),
    ("cell phone", "cellphone", "mobile phone"),
    ("traffic light", "trafficlight"),
    ("hair drier", "hair dryer"),
    ("donut", "doughnut"),
    ("license plate", "licence plate", "number plate"),
)


@dataclass(frozen=True, slots=True)
class ClassMapping:
    """Where the classes of a model are in a data set.

    `pairs` are (model class id, data class id); `model_only` and `data_only` are the names of those
    without a partner; `proposals` are (data name, model name) that may mean the same.
    """

    model_classes: tuple[str, ...]
    data_classes: tuple[str, ...]
    pairs: tuple[tuple[int, int], ...]
    model_only: tuple[str, ...]
    data_only: tuple[str, ...]
    proposals: tuple[tuple[str, str], ...]

    def data_class_of(self) -> dict[int, int]:
        """The data class of each model class that has one."""
        return dict(self.pairs)


def parse_same(text: str) -> dict[str, str]:
    """`tvmonitor=tv,motorbike=motorcycle` to data name and model name. Raises ConfigError."""
    same: dict[str, str] = {}
    for part in text.split(","):
        data, equals, model = part.partition("=")
        if not equals or not data.strip() or not model.strip():
            raise ConfigError(
                f"--same is {text!r}: give DATA=MODEL pairs such as tvmonitor=tv,sofa=couch"
            )
        same[data.strip()] = model.strip()
    return same


def in_data_classes(boxes: Boxes, mapping: ClassMapping) -> Boxes:
    """The boxes of classes that are labelled, in the data's classes."""
    partner = mapping.data_class_of()
    own = boxes.only(np.isin(boxes.class_id, np.array(list(partner), np.int64)))
    numbers = [partner[number] for number in own.class_id.tolist()]
    return Boxes(own.xyxy, own.score, np.array(numbers, np.int64))


def map_classes(
    model: Sequence[str], data: Sequence[str], same: Mapping[str, str] | None = None
) -> ClassMapping:
    """Meet by name, whatever the case and the blanks around; `same` joins others, data to model.

    Raises ConfigError where `same` names a class that is not there, or nothing meets.
    """
    asked = _checked(same or {}, model, data)
    by_name: dict[str, int] = {}
    for number, name in enumerate(model):
        by_name.setdefault(_plain(name), number)
    pairs: list[tuple[int, int]] = []
    for number, name in enumerate(data):
        partner = by_name.get(asked.get(_plain(name), _plain(name)))
        if partner is not None:
            pairs.append((partner, number))
    _check_once(pairs, model, data)
    met_model, met_data = {pair[0] for pair in pairs}, {pair[1] for pair in pairs}
    model_only = tuple(name for number, name in enumerate(model) if number not in met_model)
    data_only = tuple(name for number, name in enumerate(data) if number not in met_data)
    proposals = _proposals(model_only, data_only)
    if not pairs:
        hint = "".join(
            f"; --same {data}={model} if that is one thing" for data, model in proposals[:1]
        )
        raise ConfigError(
            f"model and data have no class of one name: the model has {_few(model)}, the data"
            f" {_few(data)}{hint}"
        )
    return ClassMapping(
        tuple(model), tuple(data), tuple(sorted(pairs)), model_only, data_only, proposals
    )


def _checked(same: Mapping[str, str], model: Sequence[str], data: Sequence[str]) -> dict[str, str]:
    for name, there, whose in [
        *((name, data, "the data") for name in same),
        *((name, model, "the model") for name in same.values()),
    ]:
        if _plain(name) not in map(_plain, there):
            raise ConfigError(f"--same: {whose} has no class {name!r}, it has {_few(there)}")
    return {_plain(name): _plain(other) for name, other in same.items()}


def _check_once(
    pairs: Sequence[tuple[int, int]], model: Sequence[str], data: Sequence[str]
) -> None:
    seen: dict[int, int] = {}
    for own, other in pairs:
        if own in seen:
            raise ConfigError(
                f"--same: {data[seen[own]]!r} and {data[other]!r} of the data would both be"
                f" {model[own]!r} of the model: a class has one partner"
            )
        seen[own] = other


def _proposals(model: Sequence[str], data: Sequence[str]) -> tuple[tuple[str, str], ...]:
    found = []
    for name in data:
        for other in model:
            plain, other_plain = _squeezed(name), _squeezed(other)
            groups = ([_squeezed(word) for word in group] for group in _SYNONYMS)
            is_known = any(plain in group and other_plain in group for group in groups)
            if plain == other_plain or is_known:
                found.append((name, other))
                break
    return tuple(found)


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def _squeezed(name: str) -> str:
    """Without blanks, hyphens and underscores."""
    return _plain(name).replace(" ", "").replace("_", "").replace("-", "")


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(names[:5]) + more
