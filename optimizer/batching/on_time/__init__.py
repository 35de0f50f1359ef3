"""Batches that are done in time by several pickers: exact, with proof."""
