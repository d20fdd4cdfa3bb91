# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The errors of parsers."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from ..errors import MissingLibrary, ParseError

_LONGEST = 200  # characters of the message of a library, which quotes a line of the output


@contextmanager
def optional(parser: str, *packages: str) -> Iterator[None]:
    """Raise MissingLibrary if an import fails. packages: those that the parser needs."""
    try:
        yield
    except ImportError as exc:
        name = (exc.name or packages[0]).partition(".")[0]
        raise MissingLibrary(
            f"The Python package {name}, which the parser {parser} needs, is missing on the control node.",
            hint=f"Install it with: {sys.executable} -m pip install {' '.join(packages)}",
            reached=True,
        ) from exc


def no_template(message: str, command: str) -> ParseError:
    """Return the error for a command without a template."""
    hint = "Use the parser auto, which returns nothing then, or give a template."
    return ParseError(message, hint=hint, command=command, reached=True)


def mismatch(parser: str, command: str, reason: str, hint: str = "") -> ParseError:
    """Return the error for an output that a parser does not accept.

    command: "" if it is not known. reason: a sentence; it is shortened.
    """
    reason = " ".join(reason.split())
    reason = reason if len(reason) <= _LONGEST else f"{reason[:_LONGEST]}..."
    of = f" of {command!r}" if command else ""
    message = f"The output{of} does not match the parser {parser}: {reason}"
    return ParseError(message, hint=hint, command=command, reached=True)
