"""The walking graph of a warehouse: model, parsing, checks, generation, distances, drawing."""
