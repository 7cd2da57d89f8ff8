#!/usr/bin/env bash
# Makes the PNG of the icon from its SVG, and those of the arrows of fields from the painted icons, with
# the Qt of the test environment.
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
"${PYTHON:-.venv-test/bin/python}" - ui/look/data <<'PYTHON'
import sys

from PyQt5.QtGui import QIcon, QTransform
from PyQt5.QtWidgets import QApplication

from rkvideo.ui.look.icons import icon

app = QApplication([])
for mode, end in ((QIcon.Mode.Normal, ""), (QIcon.Mode.Disabled, "-disabled")):
    # Twice the largest that a screen asks for is sharp, and they are made smaller only.
    down = icon("down").pixmap(64, 64, mode)
    down.save(f"{sys.argv[1]}/down{end}.png")
    down.transformed(QTransform().scale(1, -1)).save(f"{sys.argv[1]}/up{end}.png")
PYTHON
