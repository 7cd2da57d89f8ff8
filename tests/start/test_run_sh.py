"""run.sh itself, in a checkout of its own; the commands that it calls are stand-ins."""

from __future__ import annotations

import re
import shlex
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.paths import ROOT
from tests.helpers.start_desk import NOTING, StartDesk, as_nobody, make_desk, qt_packages

APT = "apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends"
FETCHED = "main.py models fetch yolo11n bikes"


@pytest.fixture
def desk(tmp_path: Path) -> StartDesk:
    return make_desk(tmp_path)


@pytest.fixture
def installed(desk: StartDesk) -> StartDesk:
    assert desk.start().returncode == 0
    desk.forget()
    return desk


def played(done: subprocess.CompletedProcess[str]) -> list[str]:
    """Folder, name of the program and words that main.py was started with."""
    assert done.returncode == 0, done.stderr
    return done.stdout.split("|")[:-1]


def test_the_first_start_installs_and_the_next_ones_do_not(desk: StartDesk) -> None:
    first = desk.start("doctor")
    assert played(first) == [str(desk.checkout), "./run.sh", "doctor"]
    assert desk.notes == [
        f"venv {desk.checkout}/.venv",
        f"pip install --disable-pip-version-check -r {desk.checkout}/.venv/requirements.txt "
        f"-c {desk.checkout}/constraints.txt",
        FETCHED,
    ]
    assert "about 240 MB are fetched, 700 MB of disk" in first.stderr.splitlines()[0]
    desk.forget()
    second = desk.start("doctor")
    assert (played(second)[2:], desk.notes, second.stderr) == (["doctor"], [], "")


def test_the_folder_of_the_caller_is_kept(installed: StartDesk, tmp_path: Path) -> None:
    videos = tmp_path / "my videos"
    videos.mkdir()
    done = installed.start(
        *("run", "a clip.mp4", "--record", "out.mp4"), cwd=videos, program="~/rkvideo/run.sh"
    )
    words = ["run", "a clip.mp4", "--record", "out.mp4"]
    assert played(done) == [str(videos), "~/rkvideo/run.sh", *words]


@pytest.mark.parametrize(
    ("program", "called"),
    [
        ("rkvideo", "rkvideo"),
        ("~/links/rkvideo", "~/links/rkvideo"),
        ("../links/rkvideo", "../links/rkvideo"),
        ("bash ../rkvideo/run.sh", "../rkvideo/run.sh"),
    ],
)
def test_it_works_through_a_link_and_tells_how_it_was_called(
    installed: StartDesk, program: str, called: str
) -> None:
    links = installed.folder / "home" / "links"
    links.mkdir()
    (links / "rkvideo").symlink_to(installed.checkout / "run.sh")
    if "/" not in program:
        installed.environment["PATH"] += f":{links}"
    assert played(installed.start(program=program))[1] == called
    assert installed.notes == []


def test_spaces_in_every_path(tmp_path: Path) -> None:
    desk = make_desk(tmp_path / "my disk", "my tools/rk video")
    program = shlex.quote(str(desk.checkout / "run.sh"))
    done = desk.start("doctor", cwd=tmp_path, program=program)
    assert played(done) == [str(tmp_path), r"~/my\ tools/rk\ video/run.sh", "doctor"]
    assert desk.notes[0] == f"venv {desk.checkout}/.venv"
    del desk.environment["HOME"]
    assert shlex.split(played(desk.start(program=program))[1]) == [f"{desk.checkout}/run.sh"]


@pytest.fixture
def shared() -> Iterator[StartDesk]:
    """A checkout that may be read, not written, and a home that is the user's."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        desk = make_desk(folder)
        for path in ("notes", "mine"):
            (folder / path).touch() if path == "notes" else (folder / path).mkdir()
            (folder / path).chmod(0o777)
        desk.checkout.chmod(0o555)
        yield desk
        desk.checkout.chmod(0o755)


def start_as_nobody(desk: StartDesk, *words: str) -> subprocess.CompletedProcess[str]:
    desk.environment["HOME"] = str(desk.folder / "mine")
    desk.stand_in("sudo", NOTING.format(action="exit 1"))
    if as_nobody():
        desk.tools.joinpath("setpriv").symlink_to("/usr/bin/setpriv")
    return desk.start(*words, program=shlex.join((*as_nobody(), "./run.sh")))


def test_a_read_only_checkout_has_its_venv_in_the_cache_of_the_user(shared: StartDesk) -> None:
    assert played(start_as_nobody(shared, "doctor"))[2:] == ["doctor"]
    (venv,) = (shared.folder / "mine" / ".cache" / "rkvideo").iterdir()
    assert shared.notes[0] == f"venv {venv}"
    assert not (shared.checkout / ".venv").exists()


def test_without_any_place_to_write_a_folder_is_asked_for(shared: StartDesk) -> None:
    shared.environment["XDG_CACHE_HOME"] = "/proc/nowhere"
    done = start_as_nobody(shared)
    assert (done.returncode, done.stderr) == (
        1,
        f"rkvideo: no place for what rkvideo needs: neither {shared.checkout} nor "
        "/proc/nowhere/rkvideo may be written; name a folder: XDG_CACHE_HOME=/some/folder "
        "./run.sh\n",
    )


def test_another_user_runs_the_venv_that_is_there(shared: StartDesk) -> None:
    shared.checkout.chmod(0o755)
    assert shared.start().returncode == 0
    (shared.folder / "notes").write_text("")
    shared.checkout.chmod(0o555)
    assert played(start_as_nobody(shared, "doctor"))[2:] == ["doctor"]
    assert shared.notes == []


@pytest.mark.parametrize("version", ["3.10", "3.13"])
def test_a_python_that_is_served(desk: StartDesk, version: str) -> None:
    desk.environment["VERSION"] = version
    played(desk.start())
    assert desk.notes[0].startswith("venv ")


@pytest.mark.parametrize("version", ["3.9", "3.14", "2.7"])
def test_a_python_that_is_not_served_is_told_before_anything_is_installed(
    desk: StartDesk, version: str
) -> None:
    desk.environment["VERSION"] = version
    desk.has_packages()
    done = desk.start(program="~/rkvideo/run.sh")
    assert done.returncode == 1
    assert done.stderr == (
        f"rkvideo: no Python 3.10 to 3.13 here (python3 is {version}): install one (apt-get "
        "install python3 python3-venv) or name it: PYTHON=/path/to/python3.12 ~/rkvideo/run.sh\n"
    )
    assert desk.notes == []


def test_without_any_python_that_of_the_distribution_is_installed(desk: StartDesk) -> None:
    python = (desk.tools / "python3").read_text()
    (desk.tools / "python3").unlink()
    desk.stand_in("python.kept", python)
    # A stand-in whose install brings the Python.
    action = '[ "$1" = update ] || cp "${0%/*}/python.kept" "${0%/*}/python3"'
    desk.stand_in("apt-get", NOTING.format(action=action))
    desk.stand_in("id", "#!/usr/bin/env bash\necho 0\n")
    desk.has_packages(*qt_packages())
    played(desk.start())
    assert desk.notes[:2] == ["apt-get update", f"{APT} python3 python3-venv"]


def without_python(desk: StartDesk) -> subprocess.CompletedProcess[str]:
    (desk.tools / "python3").unlink()
    desk.has_packages(*qt_packages())
    desk.stand_in("id", "#!/usr/bin/env bash\necho 1000\n")
    desk.stand_in("sudo", NOTING.format(action="exit 1"))
    return desk.start()


def test_a_guest_without_any_python_is_told_one_line(desk: StartDesk) -> None:
    done = without_python(desk)
    assert done.returncode == 1
    assert done.stderr == (
        "rkvideo: the system lacks packages that only root can install; as root run: apt-get "
        "update && apt-get install -y --no-install-recommends python3 python3-venv\n"
    )


def test_without_python_and_without_apt_there_is_one_line_too(desk: StartDesk) -> None:
    (desk.tools / "dpkg-query").unlink()
    done = without_python(desk)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("rkvideo: no apt here: install the like of: python3 python3-venv ")


def on_a_board(version: str, call: str) -> str:
    """What `call` of setup.sh says on a board whose Python is a stand-in of `version`."""
    script = f"""uname() {{ echo aarch64; }}
    . {shlex.quote(str(ROOT / "setup.sh"))}
    python_version() {{ echo {version}; }}
    {call}"""
    done = subprocess.run(("bash", "-c", script), capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_a_board_has_the_python_of_its_distribution_up_to_3_12() -> None:
    assert on_a_board("3.12", "find_python") == "/usr/bin/python3\n"
    assert on_a_board("3.13", "find_python || tell_python") == (
        "rkvideo: Python 3.13 is not served on a board: Rockchip's rknn-toolkit-lite2 has wheels "
        "for 3.10 to 3.12; use an image of Debian 12, Ubuntu 22.04 or 24.04 (docs/board.md)\n"
    )


@pytest.fixture
def board_desk(desk: StartDesk) -> StartDesk:
    """A desk whose machine is a board: its Python is that of the distribution."""
    setup = desk.checkout / "setup.sh"
    setup.write_text(setup.read_text().replace("/nowhere/python3", str(desk.tools / "python3")))
    desk.stand_in("uname", "#!/usr/bin/env bash\necho aarch64\n")
    desk.has_packages(*qt_packages(), "python3-pyqt5", "qttranslations5-l10n")
    return desk


def test_a_board_with_a_video_unit_has_the_pyav_that_uses_it(board_desk: StartDesk) -> None:
    requirements = board_desk.checkout / ".venv" / "requirements.txt"
    assert board_desk.start().returncode == 0
    assert requirements.read_text() == (ROOT / "requirements.txt").read_text()
    board_desk.forget()

    (board_desk.folder / "mpp_service").touch()
    board_desk.environment["HAS_PYAV"] = "av"
    first = board_desk.start()
    assert "this machine is served by pyav-rkmpp in place of av" in first.stderr
    constraints = f"-c {board_desk.checkout}/constraints.txt"
    pip = "pip install --disable-pip-version-check"
    assert board_desk.notes[:3] == [
        "pip uninstall --yes av",
        f"{pip} --force-reinstall --no-deps {constraints} pyav-rkmpp",
        f"{pip} -r {requirements} {constraints}",
    ]
    lines = requirements.read_text().splitlines()
    assert "pyav-rkmpp>=18.1,<19" in lines
    assert not [line for line in lines if line.startswith("av")]
    board_desk.forget()
    assert board_desk.start().returncode == 0
    assert board_desk.notes == []

    (board_desk.folder / "mpp_service").unlink()
    board_desk.environment["HAS_PYAV"] = "pyav-rkmpp"
    back = board_desk.start()
    assert "this machine is served by av in place of pyav-rkmpp" in back.stderr
    assert board_desk.notes[:2] == [
        "pip uninstall --yes pyav-rkmpp",
        f"{pip} --force-reinstall --no-deps {constraints} av",
    ]
    assert requirements.read_text() == (ROOT / "requirements.txt").read_text()


def test_without_a_network_the_other_pyav_serves_too(board_desk: StartDesk) -> None:
    (board_desk.checkout / "requirements.txt").write_text("pytest>=8\nav>=18.1,<19\n")
    assert board_desk.start().returncode == 0
    board_desk.forget()
    (board_desk.folder / "mpp_service").touch()
    board_desk.environment["OFFLINE"] = "1"
    done = board_desk.start("doctor")
    assert played(done)[2:] == ["doctor"]
    assert re.fullmatch(
        r"rkvideo: no network: going on with the packages that are there, though requirements have "
        r"changed \(av 18\.[\d.]+\)\n",
        done.stderr,
    )
    assert board_desk.notes == []


def test_what_debian_13_calls_otherwise_is_recognised(desk: StartDesk) -> None:
    other = ("libglib2.0-0t64, libglib2.0-0 (= 2.84.4-3), libgio-fam", "libdbus-1-3, dbus-abi")
    kept = [name for name in qt_packages() if name not in ("libglib2.0-0", "libdbus-1-3")]
    desk.has_packages(*other, *kept)
    played(desk.start())
    assert [note for note in desk.notes if "apt-get" in note] == []


def test_packages_of_another_architecture_do_not_count(desk: StartDesk) -> None:
    text = (desk.folder / "installed").read_text()
    text = text.replace("installed|amd64|libegl1\n", "installed|i386|libegl1\n")
    text = text.replace("installed|amd64|libgl1\n", "config-files|amd64|libgl1\n")
    (desk.folder / "installed").write_text(text)
    desk.stand_in("id", "#!/usr/bin/env bash\necho 0\n")
    played(desk.start())
    assert [note for note in desk.notes if "install" in note][:1] == [f"{APT} libgl1 libegl1"]


def test_sudo_is_said_before_it_asks(desk: StartDesk) -> None:
    desk.has_packages(*(name for name in qt_packages() if name != "libegl1"))
    desk.stand_in("id", "#!/usr/bin/env bash\necho 1000\n")
    done = desk.start()
    played(done)
    assert "rkvideo: sudo is asked for to install packages of the system: libegl1" in done.stderr
    assert f"sudo env DEBIAN_FRONTEND=noninteractive {APT} libegl1" in desk.notes


@pytest.mark.parametrize("has_sudo", [True, False])
def test_a_user_without_sudo_is_told_once_and_served(desk: StartDesk, has_sudo: bool) -> None:
    desk.has_packages(*(name for name in qt_packages() if name != "libegl1"))
    desk.stand_in("id", "#!/usr/bin/env bash\necho 1000\n")
    if has_sudo:
        # It knows this user not.
        desk.stand_in("sudo", NOTING.format(action="exit 1"))
    else:
        (desk.tools / "sudo").unlink()
    done = desk.start()
    played(done)
    assert (
        "rkvideo: the system lacks packages that only root can install; as root run: apt-get "
        "update && apt-get install -y --no-install-recommends libegl1\n"
    ) in done.stderr
    assert [note for note in desk.notes if note.startswith("apt-get")] == []
    assert FETCHED in desk.notes


def test_a_first_start_without_a_network_is_one_line(desk: StartDesk) -> None:
    desk.environment["OFFLINE"] = "1"
    done = desk.start()
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "rkvideo: no network: pip does not reach its package index, and this start needs the "
        "packages of requirements.txt"
    )
    assert desk.notes == [f"venv {desk.checkout}/.venv"]


def test_changed_requirements_do_not_end_a_start_without_a_network(installed: StartDesk) -> None:
    (installed.checkout / "requirements.txt").write_text("# New.\npytest>=8\nnumpy>=99\n")
    installed.environment["OFFLINE"] = "1"
    done = installed.start("doctor")
    assert played(done)[2:] == ["doctor"]
    assert done.stderr.startswith(
        "rkvideo: no network: going on with the packages that are there, though requirements have "
        "changed (numpy "
    )
    assert installed.notes == []
    del installed.environment["OFFLINE"]
    played(installed.start())
    assert installed.notes[0].startswith("pip install ")


def test_a_package_that_is_missing_without_a_network_is_named(installed: StartDesk) -> None:
    (installed.checkout / "requirements.txt").write_text("pytest>=8\nnosuch-package>=1\n")
    installed.environment["OFFLINE"] = "1"
    done = installed.start("doctor")
    assert (done.returncode, done.stderr) == (
        1,
        "rkvideo: no network: pip does not reach its package index, and this start needs "
        "nosuch-package\n",
    )


def test_a_venv_that_was_broken_off_is_filled(desk: StartDesk) -> None:
    python = (desk.tools / "python3").read_text()
    fails = python.replace('note "pip ${*:3}"', 'note "pip"; exit 1')
    desk.stand_in("python3", fails)
    done = desk.start()
    assert (done.returncode, done.stderr.splitlines()[-1]) == (
        1,
        "rkvideo: the packages could not be installed: see above; what was fetched is kept",
    )
    desk.forget()
    (desk.checkout / ".venv/bin/python").write_text(python)
    played(desk.start())
    assert [note.split()[0] for note in desk.notes] == ["pip", "main.py"]
