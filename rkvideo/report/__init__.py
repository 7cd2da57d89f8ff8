"""What was measured of how fast and how right models are, in one report.

- `whole`: benches and an evaluation joined by model, size and backend.
- `folder`: the folder that holds them and the files of the report.
- `front`: which rows no other one beats, and the sentence.
- `texts`: JSON, CSV and Markdown.
- `wish`, `service`: what the window needs of reports.
- `quality`, `comparison`, `exports`: AP or agreement beside a bench of the window, and its files.
- `compare`, `command`: two reports side by side.
- `pack`: the archive that the owner of a board can send.
- `page`, `charts`, `svg`, `pictures`: the HTML page, its figures and the worst pictures.
"""
