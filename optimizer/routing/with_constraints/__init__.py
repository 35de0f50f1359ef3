"""Tours with side constraints, by the OR-Tools Routing library."""
