from __future__ import annotations

import threading
from pathlib import Path

import pytest

from rkvideo.machine.npu_monitor import NpuMonitor, NpuSampler
from rkvideo.status import Fan, NpuSample, UnitLoad
from tests.helpers.board_samples import NPU, put
from tests.helpers.patience import PATIENCE_S


def test_a_board_tells_everything(tree: Path) -> None:
    assert NpuMonitor(tree).sample() == NpuSample(
        loads=(31, 7, 0),
        clock_hz=300_000_000,
        temperature_c=43.5,
        temperature_zone="npu-thermal",
        driver="0.9.8",
        resident_bytes=204_800 * 1024,
        available_bytes=4_000_000 * 1024,
        absent=(),
        rga=(UnitLoad("rga3[0]", 42.0), UnitLoad("rga3[1]", 27.0), UnitLoad("rga2", 0.0)),
        video=(
            UnitLoad("fdb90000.jpegd", 0.0),
            UnitLoad("fdbd0000.rkvenc-core", 98.26),
            UnitLoad("fdc38100.rkvdec-core", 100.0),
        ),
        gpu=UnitLoad("fb000000.gpu", 5.0, 300_000_000),
        fan=Fan(40.0, 2100),
    )


@pytest.mark.parametrize(
    ("text", "loads"),
    [
        ("NPU load:  3%\n", (3,)),
        ("NPU load:  Core0: 100%, Core1:  0%,\n", (100, 0)),
        ("NPU load:  Core0:  1%, Core1: 22%, Core2: 99%,\n", (1, 22, 99)),
    ],
)
def test_the_load_of_each_core(tree: Path, text: str, loads: tuple[int, ...]) -> None:
    put(tree, "/sys/kernel/debug/rknpu/load", text)
    assert NpuMonitor(tree).sample().loads == loads


def test_procfs_goes_before_debugfs(tree: Path) -> None:
    put(tree, "/proc/rknpu/load", "NPU load:  Core0: 50%, Core1: 51%, Core2: 52%,")
    put(tree, "/proc/rknpu/version", "RKNPU driver: v0.9.9")
    sample = NpuMonitor(tree).sample()
    assert (sample.loads, sample.driver) == ((50, 51, 52), "0.9.9")


def test_a_pc_says_why_each_value_is_absent(tmp_path: Path) -> None:
    sample = NpuMonitor(tmp_path).sample()
    no_zone = "there is no thermal zone of the NPU or the chip"
    assert sample.absent == (
        ("available_bytes", "/proc/meminfo does not exist"),
        ("clock_hz", "/sys/class/devfreq/*.npu does not exist"),
        ("driver", "/proc/rknpu/version does not exist"),
        ("fan", "there is no fan that the kernel drives"),
        ("gpu", "/sys/class/devfreq/*.gpu does not exist"),
        ("loads", "/proc/rknpu/load does not exist"),
        ("resident_bytes", "/proc/self/status does not exist"),
        ("rga", "/proc/rkrga/load does not exist"),
        ("temperature_c", no_zone),
        ("temperature_zone", no_zone),
        ("video", "/proc/mpp_service/load does not exist"),
    )
    assert [getattr(sample, field) for field, _ in sample.absent] == [None] * 11
    assert dict(sample.absent)["temperature_c"] == no_zone


def test_a_chip_without_a_sensor_of_its_npu_gives_its_own(tree: Path) -> None:
    put(tree, "/sys/class/thermal/thermal_zone10/type", "gpu-thermal")
    sample = NpuMonitor(tree).sample()
    assert (sample.temperature_zone, sample.temperature_c) == ("soc-thermal", 41.615)
    assert "temperature_c" not in dict(sample.absent)


def test_what_the_kernel_never_writes_is_absent(tree: Path) -> None:
    put(tree, "/sys/kernel/debug/rknpu/load", "no such thing")
    put(tree, f"{NPU}/cur_freq", "300 MHz")
    put(tree, "/sys/class/thermal/thermal_zone10/temp", "")
    sample = NpuMonitor(tree).sample()
    assert sample.loads is None
    assert sample.clock_hz is None
    assert sample.temperature_c is None
    assert sample.absent == (
        ("clock_hz", "the kernel gave '300 MHz'"),
        ("loads", "the kernel gave 'no such thing'"),
        ("temperature_c", "the sensor npu-thermal gives no temperature"),
        ("temperature_zone", "the sensor npu-thermal gives no temperature"),
    )


def test_this_machine_tells_its_memory() -> None:
    sample = NpuMonitor().sample()
    assert sample.resident_bytes is not None
    assert sample.available_bytes is not None
    assert 10_000_000 < sample.resident_bytes < 100_000_000_000
    assert sample.available_bytes > 1_000_000


def test_a_sampler_publishes_until_it_is_stopped(tree: Path) -> None:
    stop = threading.Event()
    samples: list[NpuSample] = []

    def publish(sample: NpuSample) -> None:
        samples.append(sample)
        put(tree, "/sys/kernel/debug/rknpu/load", f"NPU load:  {len(samples)}%")
        if len(samples) == 3:
            stop.set()

    NpuSampler(0.001, NpuMonitor(tree)).run(stop, publish)
    assert [sample.loads for sample in samples] == [(31, 7, 0), (1,), (2,)]


def test_a_sampler_that_waits_ends_at_once_when_stopped(tree: Path) -> None:
    stop, published = threading.Event(), threading.Event()
    thread = threading.Thread(
        target=NpuSampler(3600, NpuMonitor(tree)).run, args=(stop, lambda _sample: published.set())
    )
    thread.start()
    assert published.wait(PATIENCE_S)
    stop.set()
    thread.join(PATIENCE_S)
    assert not thread.is_alive()


def test_a_sampler_that_is_stopped_before_its_start_publishes_nothing(tree: Path) -> None:
    stop = threading.Event()
    stop.set()
    samples: list[NpuSample] = []
    NpuSampler(3600, NpuMonitor(tree)).run(stop, samples.append)
    assert samples == []
