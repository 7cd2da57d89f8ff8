"""Where frames come from.

- `base`, `registry`: what every source is, and which one a text asks for.
- `file`, `stream`, `camera`, `folder`, `pattern`: the sources.
- `paced`: a file that plays at its own speed, as a camera would.
- `live`, `reader`, `decoder`, `containers`, `timeline`, `interrupt`, `probe`, `av_errors`: what
  they share.
- `prepare`, `rotation`, `filters`: from a decoded picture to the one that is shown.
- `names`, `address_book`: what a source is called without its password, and which were opened.
"""
