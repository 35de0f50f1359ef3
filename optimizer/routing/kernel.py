"""The one way in which the optimizer compiles its inner loops."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., object])


def kernel(function: Function) -> Function:
    """Compile a function with numba: cached on disk, without the interpreter lock.

    The typed wrapper keeps the signature visible to mypy, which numba's own decorator hides. The
    cache is renewed when the function's own file changes, not when a file it calls into does: keep
    compiled functions that call each other, and the constants they use, in one module.
    """
    return cast(Function, numba.njit(cache=True, nogil=True)(function))
