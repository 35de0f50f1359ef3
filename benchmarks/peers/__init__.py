"""Other solvers of the same tours, run the way their makers recommend."""
