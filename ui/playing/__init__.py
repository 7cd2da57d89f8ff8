"""The run on the screen: player, source, transport, recording."""
