"""Limits of a process that reads a file from elsewhere: memory and processor time.

Set for the process itself, so that a file that makes it grow ends that process and not the host.
Systems without such limits (Windows) go without.
"""

from __future__ import annotations

import os
from typing import Final

from server.errors import BadInput

MEMORY_MB: Final = 4_096
"""Address space: more than the 20 MB and 200,000 rows of a file need, solver libraries included."""

CPU_S: Final = 600


def confine() -> None:
    """Limit this process; ``WAVEPICK_IMPORT_MEMORY_MB`` may say less or more.

    Raises
    ------
    BadInput
        The variable is not a whole number above 0.
    """
    try:
        import resource
    except ImportError:
        return
    said = os.environ.get("WAVEPICK_IMPORT_MEMORY_MB") or str(MEMORY_MB)
    if not said.isdecimal() or int(said) == 0:
        raise BadInput(
            f'WAVEPICK_IMPORT_MEMORY_MB: "{said}" is not a number of megabytes', code="bad-setting"
        )
    resource.setrlimit(resource.RLIMIT_AS, (int(said) * 2**20,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S,) * 2)
