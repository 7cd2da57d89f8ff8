"""The keys of the window, against the table of them in the README."""

from __future__ import annotations

import pytest

from rkvideo.ui.window.keys import BINDINGS, KeyBinding
from tests.helpers.paths import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
WRITTEN = {
    "Space": "space",
    "Left": "←",
    "Right": "→",
    "Shift+Left": "→, with shift",
    "Shift+Right": "→, with shift",
    "Shift+S": "shift S",
    "Shift+B": "shift B",
    "Shift+T": "shift T",
    "1": "1 to 9",
    ",": "`,` `.`",
    "Ctrl+,": "Ctrl ,",
    **{sign: f"`{sign}`" for sign in ".-=[]"},
}


def table_of_keys() -> list[str]:
    """The first cell of each row."""
    _, _, rest = README.partition("| key | |\n|---|---|\n")
    rows = rest.partition("\n\n")[0].splitlines()
    return [row.split("|")[1].strip() for row in rows]


@pytest.mark.parametrize("binding", BINDINGS, ids=lambda binding: binding.action)
def test_the_table_of_keys_has_every_key(binding: KeyBinding) -> None:
    key = WRITTEN.get(binding.keys[0], binding.keys[0])
    cells = table_of_keys()
    assert len(cells) > 10
    words = {word for cell in cells for word in cell.replace(",", " ").split()}
    assert key in words or any(key in cell for cell in cells if " " in key), key
