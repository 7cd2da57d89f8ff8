"""Finding, describing, fetching, offering models.

- `resolve`, `recognise`: from a name to a file, and the head that it would get.
- `catalogue`, `conversion`, `file_facts`: what is known of it, and which file it is.
- `fetch`, `fetching`: getting a file of the manifest; how far it is, and ending it.
- `adding`: a model of the user becomes one of those.
- `choices`, `proposal`: what the window offers, and a size that is worth making.
"""
