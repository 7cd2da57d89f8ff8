"""`python -m tests.fuzz.run KIND FIRST COUNT`: feeds inputs to the readers of one kind, and counts.

Prints a line of JSON at the end, and before it one for each foreign exception. The number of the
input that is being read lies in the file given as a fourth word, so that a crash can be named.
"""

from __future__ import annotations

import json
import logging
import signal
import sys
import tempfile
import traceback
import warnings
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import FrameType

from rkvideo.errors import RkVideoError
from tests.fuzz.kinds import KINDS, Kind
from tests.fuzz.mutate import mutated

# The slowest whole input takes half a second on a busy machine.
HANG_S = 20


class Hang(Exception):
    """An input that is still being read after `HANG_S`."""


@dataclass(slots=True)
class Counts:
    """What became of the inputs. `faults` names the foreign ones: number and exception."""

    read: int = 0
    refused: int = 0
    hangs: int = 0
    foreign: int = 0
    faults: list[str] = field(default_factory=list)


def feed(kind: Kind, first: int, count: int, folder: Path, at: Path | None = None) -> Counts:
    """Read the inputs `first` to `first + count - 1` of a kind."""
    counts, seeds = Counts(), kind.seeds()
    for number in range(first, first + count):
        if at is not None:
            at.write_text(str(number))
        try:
            signal.alarm(HANG_S)
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                kind.read(mutated(seeds, number), folder)
            counts.read += 1
        except RkVideoError as error:
            counts.refused += 1
            # A path that was typed may hold a line end; the terminal gets it without.
            if "\n" in str(error) and kind.name != "address":
                counts.foreign += 1
                counts.faults.append(f"{number}: more than one line: {error!r}"[:300])
        except Hang:
            counts.hangs += 1
            counts.faults.append(f"{number}: hang")
        except Exception as error:  # what is looked for
            counts.foreign += 1
            where = traceback.extract_tb(error.__traceback__)[-1]
            text = f"{number}: {error!r} in {Path(where.filename).name}:{where.lineno}"
            counts.faults.append(text[:300])
        finally:
            signal.alarm(0)
    return counts


def main(words: list[str]) -> None:
    """Feed what `words` ask for, with an alarm for each input that hangs."""
    logging.disable()
    kind, first, count = KINDS[words[0]], int(words[1]), int(words[2])
    at = Path(words[3]) if len(words) > 3 else None

    def ring(_number: int, _frame: FrameType | None) -> None:
        raise Hang

    signal.signal(signal.SIGALRM, ring)
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(asdict(feed(kind, first, count, Path(folder), at))))


if __name__ == "__main__":
    main(sys.argv[1:])
