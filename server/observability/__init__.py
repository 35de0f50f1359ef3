"""What an operator sees of a running process: logs, metrics, and whether it is fit to work."""
