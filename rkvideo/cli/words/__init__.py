"""What can be said on the command line, and the help that tells it. Nothing heavy is imported.

- `parser`: the parser of the whole command line.
- `help`: how the help of a command is laid out.
- `options`: the options that `view`, `run` and `bench` share.
- `play`, `bench`, `evaluation`, `report`, `models`, `convert`, `machine`: the words of each
  command.
"""
