#!/usr/bin/env bash
# Makes the PNG of the icon from its SVG, with the Qt of the test environment.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export QT_QPA_PLATFORM=offscreen
"${PYTHON:-.venv-test/bin/python}" - rkvideo/desktop/data/rkvideo.svg <<'PYTHON'
import sys

from PyQt5.QtGui import QGuiApplication, QImage, QPainter
from PyQt5.QtSvg import QSvgRenderer

app = QGuiApplication([])
picture = QImage(256, 256, QImage.Format_ARGB32)
picture.fill(0)
painter = QPainter(picture)
QSvgRenderer(sys.argv[1]).render(painter)
painter.end()
picture.save(sys.argv[1].replace(".svg", ".png"))
PYTHON
