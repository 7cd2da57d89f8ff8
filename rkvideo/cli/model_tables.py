"""`models list` and `models info`: what the catalogue knows, as text."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from rkvideo.config import ModelName
from rkvideo.doctor.check import Finding
from rkvideo.files.terminal import escape
from rkvideo.machine.called import as_called
from rkvideo.models.catalogue import ModelDescription, ModelEntry, TensorInfo
from rkvideo.models.proposal import proposal, proposed_size
from rkvideo.sizes.words import parse_size


def print_models(entries: tuple[ModelEntry, ...], console: Console) -> None:
    """Print a row for each model that is here or can be fetched."""
    table = Table()
    for column in ("model", "sizes", "family", "backend", "licence", ""):
        table.add_column(column, overflow="fold")
    for entry in entries:
        state = "here" if entry.present else f"{as_called()} models fetch {entry.name}"
        table.add_row(
            *(
                escape(text)
                for text in (
                    entry.name,
                    entry.sizes,
                    entry.family,
                    entry.backend,
                    entry.licence,
                    entry.trouble or state,
                )
            )
        )
    console.print(table)
    for name in dict.fromkeys(entry.name for entry in entries if entry.backend == "rknn"):
        sizes = [
            parse_size(entry.sizes)
            for entry in entries
            if (entry.name, entry.backend) == (name, "rknn") and entry.sizes and not entry.trouble
        ]
        proposed = proposed_size(sizes)
        if proposed is not None:
            words = f"{ModelName(name, proposed)}: {proposal(name, max(sizes), proposed)}"
            console.print(escape(words), soft_wrap=True)


def print_description(
    described: ModelDescription, head: str, misfits: Sequence[Finding], console: Console
) -> None:
    """Print what a model file is.

    `head` is the recognised head, or why there is none; `misfits` is what is wrong with the file
    for this machine.
    """
    spec = described.spec
    rows = [
        ("model", spec.name),
        ("file", f"{spec.path} ({described.file_bytes / 1e6:.1f} MB)"),
        ("licence", spec.licence),
        ("backend", described.backend),
        ("exporter", described.exporter),
        ("targets", ", ".join(described.targets)),
        ("weights", described.weights),
        ("inputs", "\n".join(_tensor_text(tensor) for tensor in described.inputs)),
        ("outputs", "\n".join(_tensor_text(tensor) for tensor in described.outputs)),
        ("head", head),
        ("labels", ", ".join(described.labels)),
        ("converted", described.conversion),
        ("here", "\n".join(_misfit_text(finding) for finding in misfits) or "fits this machine"),
    ]
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for name, text in rows:
        if text:
            table.add_row(name, escape(text))
    console.print(table)


def _tensor_text(tensor: TensorInfo) -> str:
    return f"{tensor.name}  {tensor.shape}  {tensor.dtype}"


def _misfit_text(finding: Finding) -> str:
    return f"{finding.state.value}: {finding.detail}\n    {finding.repair}"
