"""What the window is given and what its panels must offer: protocols only.

- `run`, `services`, `bench_services`, `report_services`: what the program does for the window.
- `panels`: what the panels must offer.
"""
