"""Mapping files shipped with Wavepick, one JSON document per order file format."""
