"""The page of a report in a real browser: Chromium, without a screen and without a network."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from rkvideo.report.page import page, to_html
from tests.helpers.bench_samples import STAGES_MS
from tests.helpers.report_samples import HOSTILE, a_whole_report

pytestmark = pytest.mark.skipif(
    shutil.which("chromium") is None, reason="./test.sh installs the package chromium"
)

# WCAG 2.1, 1.4.3 and 1.4.11: text and marks against what lies behind them.
TEXT_CONTRAST, MARK_CONTRAST = 4.5, 3.0
PROBE = """
const luminance = (color) => {
  const [r, g, b] = color.match(/[\\d.]+/g).slice(0, 3).map((each) => {
    const share = each / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (one, other) => {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
};
const behind = (element) => {
  for (let each = element; each; each = each.parentElement) {
    const color = getComputedStyle(each).backgroundColor;
    if (color !== "rgba(0, 0, 0, 0)") return color;
  }
  return "rgb(255, 255, 255)";
};
const words = [...document.querySelectorAll("h1,h2,h3,p,li,th,td,figcaption,label,.figures text")];
const marks = [...document.querySelectorAll(".figures .dot,.figures .bar,.figures .line")];
const inkOf = (each) => {
  const style = getComputedStyle(each);
  if (each.classList.contains("line")) return style.stroke;
  return each instanceof SVGElement ? style.fill : style.color;
};
document.querySelector("select.row").value = "1";
document.querySelector("select.row").dispatchEvent(new Event("change"));
const told = {
  paper: getComputedStyle(document.body).backgroundColor,
  text: Math.min(...words.map((each) => contrast(inkOf(each), behind(each)))),
  marks: Math.min(...marks.map((each) => contrast(inkOf(each), behind(each)))),
  summary: [...document.querySelectorAll(".summary tbody tr")].map((row) =>
    [...row.cells].map((cell) => cell.textContent)),
  bold: [...document.querySelectorAll(".strong td:first-child")].map((cell) => cell.textContent),
  figures: [...document.querySelectorAll(".figures h2")].map((title) => title.textContent),
  stages: document.querySelectorAll('[aria-label="stages of a frame"] .bar').length,
  shown: [...document.querySelectorAll(".of-row:not([hidden])")].map((each) => each.dataset.row),
  caption: document.querySelector(".worst figcaption").textContent,
};
const out = document.createElement("pre");
out.id = "told";
out.textContent = JSON.stringify(told);
document.body.append(out);
"""


def browse(place: Path, *, dark: bool = False) -> tuple[str, list[str]]:
    """The page after its scripts, and what went to the console."""
    done = subprocess.run(
        [
            *("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr"),
            # A browser that looks for updates or shares memory in a small /dev/shm may not answer.
            *("--disable-dev-shm-usage", "--disable-background-networking", "--no-first-run"),
            *("--disable-component-update", "--disable-breakpad"),
            # 0 is dark, 1 is light (PreferredColorScheme of Blink).
            f"--blink-settings=preferredColorScheme={0 if dark else 1}",
            *("--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={place.parent}/profile"),
            *("--dump-dom", place.as_uri()),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]


def told_by(dom: str) -> dict[str, Any]:
    found = re.search(r'<pre id="told">(.*?)</pre>', dom, re.DOTALL)
    assert found is not None
    return json.loads(html.unescape(found[1]))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_page_is_right_and_legible_in_both_themes(tmp_path: Path, dark: bool) -> None:
    made = to_html(a_whole_report(HOSTILE))
    place = tmp_path / "report.html"
    place.write_text(made.replace("</body>", f"<script>{PROBE}</script></body>"))
    dom, console = browse(place, dark=dark)
    assert console == []
    told = told_by(dom)
    assert told["paper"] == ("rgb(21, 23, 26)" if dark else "rgb(255, 255, 255)")
    assert told["text"] >= TEXT_CONTRAST
    assert told["marks"] >= MARK_CONTRAST
    assert [row[:9] for row in told["summary"]] == [
        ["yolo11n@320", "rknn", "105.0", *["–"] * 6],
        ["yolo11n@416", "rknn", "76.0", "36.0", "46.0", "0.5", "110", "10", "90"],
        ["yolo11n@640", "rknn", "40.0", "40.0", "50.0", "0.5", "124", "10", "76"],
    ]
    assert told["bold"] == ["yolo11n@416", "yolo11n@640"]
    assert told["figures"] == [
        *("AP against fps", "fps against size", "AP against size"),
        *("Correct, missed and false by threshold", "Precision and recall", "Stages"),
    ]
    # A bar for each stage that is known or not, of three rows.
    assert told["stages"] >= 3 * len(STAGES_MS)
    assert told["shown"] == ["1", "1"]
    assert told["caption"].startswith(HOSTILE)


def test_a_fault_of_a_page_reaches_the_console(tmp_path: Path) -> None:
    place = tmp_path / "broken.html"
    made = page("broken", '<img src="https://example.invalid/a.png"><script>none.such()</script>')
    place.write_text(made)
    _, console = browse(place)
    assert any("none is not defined" in line for line in console)
    assert any("Content Security Policy" in line for line in console)
