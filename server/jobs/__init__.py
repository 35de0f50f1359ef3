"""Planning jobs: the worker process, its lanes, leases and the watchdog."""
