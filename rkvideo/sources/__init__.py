"""Where frames come from.

- `base`, `registry`, `check`: what every source is, which one a text asks for, whether it
  can be opened.
- `file`, `stream`, `camera`, `folder`, `pattern`: the sources.
- `pacer`, `paced`: when a frame of a file is due; a file that plays as a camera would.
- `intake`, `packet_queue`, `arrival`, `opening`: the thread that reads a live source, what it hands
  over, and when data arrived, also those that came while it was opened.
- `stream_clock`, `rate_watch`, `lumps`, `backlog`: from the stamps of a live source to the time
  that passes, and whether it comes ever later.
- `live`, `catch_up`, `references`: decoding what was read, what is left out when the decoder is
  behind, and which pictures no other needs.
- `connection`: the socket of FFmpeg, so that a read of it can be ended.
- `lost_packets`: how many packets were lost on the way, from FFmpeg's log.
- `packet_tap`: packets of a live source for whoever copies them.
- `reader`, `decoder`, `containers`, `timeline`, `interrupt`, `probe`, `av_errors`: what they share.
- `decoder_names`, `unanswered`, `tail`, `display_stamps`: which decoders there are, which packets
  gave no picture, the last pictures of a damaged end, and when a picture is shown.
- `unreadable`: why a file does not open.
- `length`: how long the pictures of a container are, and whether all of them came.
- `prepare`, `rotation`, `filters`: from a decoded picture to the one that is shown.
- `glimpse`: a small picture of a place in a file.
- `secrets`, `stream_keys`: what of an address is not for others, and the address without it.
- `names`, `address_book`: what a source is called without its password, and which were opened.
"""
