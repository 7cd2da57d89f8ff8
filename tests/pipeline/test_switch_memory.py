"""What a switch of the model costs: models in memory, and what stays after a hundred."""

from __future__ import annotations

import gc
from dataclasses import replace

import psutil

from tests.helpers.guards import descriptors
from tests.helpers.stand_ins import assert_accounted
from tests.helpers.switching_desk import (
    Seen,
    is_settled,
    until,
    until_stopped,
)


def test_never_more_than_two_models_are_in_memory(desk):
    run = desk.run("pattern:64x64@200", desk.prepared("a@64"), live=True)
    seen = Seen(run)
    run.start()
    for number in range(40):
        run.switch_model(desk.prepared(f"m{number}@64"))
        if number % 3:
            seen.wait_more(number % 4)
    until(run, is_settled)
    seen.wait_for_model("m39@64")
    assert desk.memory.most == 2
    assert len(desk.memory.came) > 5
    assert_accounted(until_stopped(run).counts)


def test_memory_of_a_model_is_what_the_process_grew_by(desk):
    grown = []

    def hungry(prepared):
        def open_backend(worker):
            # Over the 32 MiB from which malloc takes new pages, whatever was freed before.
            grown.append(bytearray(b"x" * 40_000_000))
            return prepared.plan.open(worker)

        return replace(prepared, plan=replace(prepared.plan, open=open_backend))

    run = desk.run("pattern:64x64@100", desk.prepared("a@64"), live=True)
    run.start()
    run.switch_model(hungry(desk.prepared("b@64", cores=1)))
    loaded = until(run, is_settled).loaded[0]
    assert (loaded.title, loaded.backend, loaded.contexts) == ("b@64", "simulated", 2)
    assert 60_000_000 < loaded.memory_bytes < 160_000_000


def test_a_hundred_switches_leave_threads_files_and_memory_as_they_were(desk):
    run = desk.run("pattern:64x64@200", desk.prepared("a@64"), live=True)
    seen = Seen(run)
    run.start()
    process = psutil.Process()
    figures = {}
    for number in range(1, 101):
        run.switch_model(desk.prepared(f"m{number % 2}@64"))
        until(run, is_settled)
        seen.results.clear()
        if number in (10, 100):
            gc.collect()
            until(run, lambda _: len(run._threads.alive()) == 6 + 3)
            figures[number] = (process.num_threads(), descriptors(), process.memory_info().rss)
    (threads, files, memory), (threads_later, files_later, memory_later) = figures.values()
    # Only what came: libraries end threads of their own, with what these had open, when they like.
    assert threads_later <= threads
    assert files_later - files == set()
    assert memory_later < 1.05 * memory
