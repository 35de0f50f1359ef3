"""The suites, one module each; :mod:`benchmarks.catalogue` lists them."""
