"""``python -m server.cli``: the same as the command ``wavepick``."""

from server.cli import main

main()
