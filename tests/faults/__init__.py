"""Infrastructure faults against real parts: killed, full, locked, cut off, hung.

``tests/FAULTS.md`` says which fault of the catalogue is proven where.
"""
