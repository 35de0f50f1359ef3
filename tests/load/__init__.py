"""Load: how the server answers when many handhelds work at once."""
