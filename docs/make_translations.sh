#!/usr/bin/env bash
# Brings ui/translations up to date with the words of ui/: new words are added as unfinished, words
# that are gone are dropped, and the .qm is made anew. Lists what is unfinished, and ends with 1 then.
# Translate in the .ts: put the Chinese between the tags, take type="unfinished" away, run this again.
# Needs lrelease: apt-get install qttools5-dev-tools
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

python=${PYTHON:-.venv/bin/python}
ts=ui/translations/rkvideo_zh_CN.ts
"$python" -W ignore -m PyQt5.pylupdate_main -noobsolete $(git ls-files "ui/*.py") -ts "$ts"
# With the line numbers in it, every branch would change this file everywhere.
sed -i '/<location /d' "$ts"
# Written beside it and moved: a window that is open has the old one mapped into its memory.
QT_SELECT=qt5 lrelease -silent -nounfinished "$ts" -qm "${ts%.ts}.qm.part"
mv "${ts%.ts}.qm.part" "${ts%.ts}.qm"

"$python" - "$ts" <<'PYTHON'
import sys
from xml.etree import ElementTree

unfinished = [
    f"{context.findtext('name')}: {message.findtext('source')}"
    for context in ElementTree.parse(sys.argv[1]).iter("context")
    for message in context.iter("message")
    if message.find("translation").get("type") == "unfinished"
]
print(*unfinished, f"{len(unfinished)} unfinished", sep="\n")
sys.exit(bool(unfinished))
PYTHON
