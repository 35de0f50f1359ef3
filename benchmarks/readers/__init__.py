"""Readers of the literature's instance formats, one module per format."""
