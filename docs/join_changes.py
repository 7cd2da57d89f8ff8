#!/usr/bin/env python3
"""Joins the fragments in changes/ into CHANGELOG.md, under the kinds of "Unreleased".

A fragment is changes/NAME.KIND.md, where KIND is added, changed or fixed; each is one entry or
several that begin with "- ". Joined fragments are deleted. `--check` only says what is wrong with
their names.
"""

from __future__ import annotations

import sys
from pathlib import Path

KINDS = ("added", "changed", "fixed")
UNRELEASED = "## Unreleased\n"


def fragments_of(folder: Path) -> dict[str, list[Path]]:
    """The fragments by kind, in the order of their names. Raises ValueError: a wrong name."""
    found: dict[str, list[Path]] = {kind: [] for kind in KINDS}
    for path in sorted(folder.glob("*.md")):
        if path.name == "README.md":
            continue
        kind = path.name.removesuffix(".md").rpartition(".")[2]
        if kind not in found or path.name.count(".") < 2:
            raise ValueError(f"{path}: the name is to end with .added.md, .changed.md or .fixed.md")
        found[kind].append(path)
    return found


def entries_of(path: Path) -> str:
    """The lines of one fragment, each entry with its dash."""
    text = path.read_text(encoding="utf-8").strip()
    return text if text.startswith("- ") else f"- {' '.join(text.split())}"


def joined(changelog: str, added: dict[str, str]) -> str:
    """`changelog` with these entries at the end of their kinds. Raises ValueError."""
    head, unreleased, rest = changelog.partition(UNRELEASED)
    if not unreleased:
        raise ValueError("CHANGELOG.md has no section Unreleased")
    section, older, old = rest.partition("\n## ")
    kinds = {}
    for part in section.split("### ")[1:]:
        title, _, entries = part.partition("\n")
        kinds[title.strip().lower()] = entries.strip()
    for kind, entries in added.items():
        kinds[kind] = f"{kinds.get(kind, '')}\n{entries}".strip()
    order = [*KINDS, *(kind for kind in kinds if kind not in KINDS)]
    text = "".join(f"\n### {kind.title()}\n{kinds[kind]}\n" for kind in order if kinds.get(kind))
    return f"{head}{unreleased}{text}{older}{old}"


def main(root: Path, check_only: bool) -> int:
    """Join what lies in `root`/changes; 2 where a name or the changelog is wrong."""
    changelog = root / "CHANGELOG.md"
    try:
        fragments = fragments_of(root / "changes")
        added = {k: "\n".join(map(entries_of, paths)) for k, paths in fragments.items() if paths}
        text = joined(changelog.read_text(encoding="utf-8"), added)
    except ValueError as error:
        print(f"join_changes.py: {error}", file=sys.stderr)
        return 2
    if not check_only:
        changelog.write_text(text, encoding="utf-8")
        for path in (each for paths in fragments.values() for each in paths):
            path.unlink()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(Path(__file__).resolve().parents[1], "--check" in sys.argv[1:]))
