"""How orders become pick lists: one module per method."""
