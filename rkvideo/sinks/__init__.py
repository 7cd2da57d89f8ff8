"""Where results are written.

- `base`: what every sink is.
- `recorder`, `clip`, `encoded_file`: a recording, its files, and a file that stays playable.
- `encoders`: which encoders are tried, and what each wants.
- `clip_size`: pictures of another size than that of their clip.
- `copied`, `containers`: packets as the source codes them, and files that stay playable.
- `jsonl`, `snapshot`: boxes as JSON lines; one picture.
- `picture_files`, `encoded`: the pictures of a folder with their boxes; one as bytes of a file.
- `recorders`, `folders`, `files`: the recorders that a choice asks for, where they write, and that
  nothing is overwritten.
"""
