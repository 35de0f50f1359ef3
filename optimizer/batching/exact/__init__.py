"""Bounds and proofs: column generation with exact pricing, cuts, enumeration, integer step."""
