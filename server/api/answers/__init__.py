"""Shapes of answers by resource, as the OpenAPI document shows them.

All times are ISO 8601 UTC, lengths millimetres, durations milliseconds. A name stands once in the
whole package: it is the name of the document's schema. What fills the shapes is in
:mod:`server.api.read`.
"""
