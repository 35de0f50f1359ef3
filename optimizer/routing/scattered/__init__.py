"""Scattered storage: an item lies in several locations; locations and tour are chosen together."""
