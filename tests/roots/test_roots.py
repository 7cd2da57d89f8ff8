"""A newcomer's walk: a bare Debian, a checkout, a wheel, and every command of the README.

Run by `./test.sh --roots`, as root: the bare systems are made by make_root.sh and copied, so that
each walk begins on a fresh one. The tests of a root follow each other.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.labelled_samples import yolo_set
from tests.helpers.paths import ROOT
from tests.roots.readme_walk import README, RKVIDEO, WINDOW, turn_of
from tests.roots.root import ADMIN, GUEST, HERE, Root

ROOTS = Path(os.environ.get("ROOTS", "/var/tmp/rkvideo-roots"))


@pytest.fixture(scope="module", params=["bookworm", "trixie"])
def root(request: pytest.FixtureRequest) -> Iterator[Root]:
    base, fresh = ROOTS / request.param, ROOTS / f"{request.param}-walk"
    subprocess.run((str(HERE / "make_root.sh"), str(base), request.param), check=True)
    shutil.rmtree(fresh, ignore_errors=True)
    subprocess.run(("cp", "-a", "--reflink=auto", str(base), str(fresh)), check=True)
    # The commit that is checked out, as a newcomer would get it.
    clone = ("git", "clone", "-q", "--bare", str(ROOT), str(fresh / "srv/rkvideo.git"))
    subprocess.run(clone, check=True)
    yield Root(fresh, request.param)
    shutil.rmtree(fresh)


def test_a_checkout_without_python_says_what_is_missing(root: Root) -> None:
    for user in (GUEST, ADMIN):
        clone = "git config --global safe.directory '*' && git clone -q /srv/rkvideo.git rkvideo"
        assert root.type(user, clone).code == 0
    typed = root.type(GUEST, "rkvideo/run.sh")
    assert typed.code == 1
    (line,) = typed.seen.splitlines()
    assert re.search(
        "as root run: apt-get update && apt-get install .* python3 python3-venv ", line
    )


def test_without_sudo_the_first_start_serves_what_needs_no_window(root: Root) -> None:
    # All that root gives this user.
    apt = "sudo apt-get install -y -qq --no-install-recommends python3 python3-venv >/dev/null 2>&1"
    assert root.type(ADMIN, f"sudo apt-get update -qq && {apt}").code == 0
    run = "~/rkvideo/run.sh run demo --frames 25 --record o.mp4"
    typed = root.type(GUEST, f"mkdir videos; cd videos; {run}")
    assert typed.code == 0
    assert "about 240 MB are fetched, 700 MB of disk are used" in typed.seen
    assert "the system lacks packages that only root can install" in typed.seen
    assert (root.home(GUEST) / "videos/o.mp4").stat().st_size > 0


def test_without_the_libraries_of_qt_the_quick_tests_pass(root: Root) -> None:
    typed = root.type(GUEST, "git clone -q /srv/rkvideo.git changed && changed/test.sh --quick")
    assert typed.code == 0
    assert re.search(r"^[1-9]\d+ passed", typed.seen, re.MULTILINE)
    # That of the suite is 1.5 GB.
    assert root.type(GUEST, "rm -rf changed").code == 0


@pytest.mark.parametrize("platform", ["offscreen", "xcb"])
def test_without_sudo_a_window_names_the_line_that_repairs_it(root: Root, platform: str) -> None:
    typed = root.type(GUEST, WINDOW.format("rkvideo/run.sh"), platform=platform)
    assert typed.code == 2
    assert re.search(
        r"error: no window: Qt lacks .* sudo apt-get install -y libegl1 libgl1 ", typed.seen
    )
    assert "fault" not in typed.seen


def test_with_sudo_the_first_start_installs_everything(root: Root) -> None:
    link = "mkdir -p links && ln -s ~/rkvideo/run.sh links/rkvideo && export PATH=$PATH:~/links"
    typed = root.type(ADMIN, f"{link} && cd / && rkvideo run demo --frames 25")
    assert typed.code == 0
    assert "sudo is asked for to install packages of the system" in typed.seen
    assert root.type(ADMIN, WINDOW.format("rkvideo/run.sh"), platform="offscreen").code == 0


def test_a_later_start_asks_for_nothing_and_needs_no_network(root: Root) -> None:
    typed = root.type(ADMIN, "rkvideo/run.sh run demo --frames 25", network=False)
    assert typed.code == 0
    assert "rkvideo:" not in typed.seen
    changed = "echo '# changed' >>rkvideo/requirements.txt && rkvideo/run.sh run demo --frames 25"
    typed = root.type(ADMIN, changed, network=False)
    assert typed.code == 0
    assert typed.seen.startswith("rkvideo: no network: going on with the packages that are there")


def test_what_an_admin_installed_a_guest_has_too(root: Root) -> None:
    assert root.type(GUEST, WINDOW.format("rkvideo/run.sh"), platform="offscreen").code == 0


def test_a_wheel_goes_into_a_clean_venv(root: Root) -> None:
    wheel = "../builds/bin/pip wheel -q --no-deps -w ~/wheels ."
    assert root.type(GUEST, f"python3 -m venv builds && cd rkvideo && {wheel}").code == 0
    # `pip install` takes what the bounds allow, not the pinned versions.
    install = "python3 -m venv in-a-venv && in-a-venv/bin/pip install -q wheels/*.whl"
    assert root.type(GUEST, f"rm -rf rkvideo builds; {install}").code == 0
    assert root.type(GUEST, f"cd / && {RKVIDEO} models fetch yolo11n bikes").code == 0


@pytest.mark.parametrize("name", sorted(README, key=turn_of))
def test_a_command_of_the_readme_works_from_the_top_of_the_disk(root: Root, name: str) -> None:
    if name.startswith("./run.sh run demo"):
        (root.home(GUEST) / "out.mp4").unlink(missing_ok=True)
    if "~/set" in README[name]:
        yolo_set(root.home(GUEST) / "set")
    typed = root.type(GUEST, f"cd / && {README[name]}", platform="offscreen")
    assert typed.code == 0
    assert "Traceback" not in typed.seen
    assert "fault of rkvideo" not in typed.seen
