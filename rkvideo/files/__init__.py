"""Files that others wrote and files that others read.

- `untrusted`: the one reader of TOML and JSON that somebody else wrote.
- `terminal`: text of others on its way to a terminal.
- `whole`: a file that is written whole or not at all.
- `scratch`: temporary folders, and those that a killed process has left.
"""
