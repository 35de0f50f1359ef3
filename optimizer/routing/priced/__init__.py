"""Tours that pay for more than metres."""
