"""Adapters around the planning core: database, use cases, web, jobs, files, command line."""
