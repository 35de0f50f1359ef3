"""Socket.IO: the namespaces /handheld and /lead."""
