"""Tests of the built pages, their build and the wire examples."""
