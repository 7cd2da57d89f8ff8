"""The bounds of requirements.txt, and the versions that the tests run with."""

from __future__ import annotations

import importlib.metadata
import re

import pytest
from packaging.requirements import Requirement

from tests.helpers.paths import ROOT


def read(name: str) -> list[Requirement]:
    lines = (ROOT / name).read_text().splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


PINNED = {
    re.sub("[-_]", "-", pin.name.lower()): next(iter(pin.specifier)).version
    for pin in read("constraints.txt")
    if pin.marker is None or pin.marker.evaluate()
}
WANTED = read("requirements.txt")


@pytest.mark.parametrize("wanted", WANTED, ids=lambda wanted: wanted.name)
def test_a_dependency_ends_before_the_major_version_after_the_pinned_one(
    wanted: Requirement,
) -> None:
    pinned = PINNED.get(wanted.name.lower())
    if pinned is None:
        assert wanted.marker is not None
        assert not wanted.marker.evaluate()
        return
    assert pinned in wanted.specifier
    above = [bound.version for bound in wanted.specifier if bound.operator == "<"]
    assert above == [str(int(pinned.split(".")[0]) + 1)]


@pytest.mark.parametrize(
    "wanted",
    [wanted for wanted in WANTED if wanted.marker is None or wanted.marker.evaluate()],
    ids=lambda wanted: wanted.name,
)
def test_the_tests_run_with_the_pinned_version(wanted: Requirement) -> None:
    assert importlib.metadata.version(wanted.name) == PINNED[wanted.name.lower()]
