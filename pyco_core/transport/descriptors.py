# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exhausted file descriptors, as an error of their own."""

from __future__ import annotations

import errno
import os
import resource

from ..errors import TooManyOpenFiles

_EXHAUSTED = (errno.EMFILE, errno.ENFILE)


def exhausted(exc: OSError) -> TooManyOpenFiles | None:
    """Return the error if the exception is about missing descriptors, else None."""
    if exc.errno not in _EXHAUSTED:
        return None
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return TooManyOpenFiles(
        f"This process cannot open another file: {os.strerror(exc.errno)} (its limit is {limit}).",
        hint="Raise the limit (ulimit -n), or connect to fewer hosts at a time.",
    )


def are_exhausted() -> TooManyOpenFiles | None:
    """Return the error if no file can be opened now, else None.

    For calls that hide the reason: getaddrinfo reports an unknown name if it cannot open its files.
    """
    try:
        os.close(os.open(os.devnull, os.O_RDONLY))
    except OSError as exc:
        return exhausted(exc)
    return None
