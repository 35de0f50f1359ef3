"""The one way in which the optimizer compiles its inner loops."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numba

Function = TypeVar("Function", bound=Callable[..., object])


def kernel(function: Function) -> Function:
    """Compile a function with numba: cached on disk, without the interpreter lock.

    The typed wrapper keeps the signature visible to mypy, which numba's own decorator hides. The
    cache is renewed when the function's own file changes, not when a file it calls into does:
    ``make`` empties it when any of these files changes.
    """
    return _compiled(function, cache=True, nogil=True)


def frugal_kernel(function: Function) -> Function:
    """Compile as :func:`kernel` does, but a function that allocates no memory.

    Counting references to arrays costs two atomic instructions for every array that a call
    touches: up to a third of the time of a short route. A function compiled so cannot make arrays.
    """
    return _compiled(function, cache=True, nogil=True, _nrt=False)


def inlined_kernel(function: Function) -> Function:
    """Compile as :func:`frugal_kernel` does, a function that is copied into its callers.

    A call hands over seven words for each array of a named tuple, which costs more than what a
    small function does with them.
    """
    return _compiled(function, cache=True, nogil=True, _nrt=False, forceinline=True)


def _compiled(function: Function, **options: bool) -> Function:
    # numba's annotations do not list all of its options.
    compile_: Callable[..., Callable[[Function], Function]] = numba.njit
    return compile_(**options)(function)
