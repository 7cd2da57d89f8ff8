"""Measuring models and sizes one after another, each in a run of its own.

- `command`, `service`: for the command line and for the window.
- `plan`, `sizes`: what is measured, in which order.
- `runner`, `sampling`, `interpreter`: measures it.
- `limits`, `verdict`, `clock_caution`: what limits a row; the fastest row beside the slowest; what
  speaks against a comparison.
- `results`, `columns`, `report`, `pairs`: what came out, as data, as a table, as files, and two of
  them side by side.
- `result_file`: the text of a file of results.
- `measured_rates`: the rates that are remembered.
"""
