"""The compiled search for batches: construction and annealing on exact lengths."""
