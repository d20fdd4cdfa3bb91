# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a session sent and saw, with every secret masked, for errors and for the transcript file."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from ..errors import InvalidParameter
from ..models.secret import MASK
from .terminal import decode, render, strip_escapes

log = logging.getLogger("pyco")


def mask(text: str, secrets: Iterable[str]) -> str:
    """Text with each of the secrets shown as `********`; the longest first, one may hold another."""
    longest_first = sorted(filter(None, secrets), key=len, reverse=True)
    return re.sub("|".join(map(re.escape, longest_first)), MASK, text) if longest_first else text


class Transcript(Protocol):
    """Where a session writes down what it sends and sees."""

    def sent(self, text: str) -> None:
        """A text that was typed; for a secret the caller gives the mask."""

    def saw(self, data: bytes) -> None:
        """Bytes that came from the device."""

    def close(self) -> None:
        """Write what is left."""


class NoTranscript:
    """The transcript of a session that writes none."""

    def sent(self, text: str) -> None:
        pass

    def saw(self, data: bytes) -> None:
        pass

    def close(self) -> None:
        pass


class FileTranscript:
    """Appends to `FOLDER/NAME.log`, 0600 in a folder that is made 0700: `> ` sent, `< ` seen.

    It is written by whole lines, so that a secret that comes in two reads is masked too. secrets may grow.
    Raises InvalidParameter when the file cannot be opened. Where it cannot be written any more, it ends
    and a warning is logged: a full disk is no reason to leave a device in the middle of a command.
    """

    def __init__(self, folder: str, name: str, secrets: Iterable[str]) -> None:
        self._secrets = secrets
        self._seen = b""
        try:
            Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)
            self._path = os.path.join(folder, f"{name}.log")
            number = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            self._file = os.fdopen(number, "w", 1, "utf-8", "backslashreplace")
        except (OSError, ValueError) as exc:
            why = exc.strerror if isinstance(exc, OSError) else exc
            raise InvalidParameter(
                f"The transcript cannot be written to {folder}: {why}.",
                hint="Check ansible_pyco_transcript.",
            ) from exc

    def sent(self, text: str) -> None:
        self._write(">", text)

    def saw(self, data: bytes) -> None:
        *lines, self._seen = (self._seen + data).split(b"\n")
        for line in lines:
            self._write("<", render(decode(strip_escapes(line))))

    def close(self) -> None:
        if self._seen:
            self.saw(b"\n")
        with suppress(OSError):
            self._file.close()

    def _write(self, sign: str, text: str) -> None:
        if self._seen and sign == ">":  # the prompt that this text was typed at
            self.saw(b"\n")
        if self._file.closed:
            return
        try:
            self._file.write(f"{sign} {mask(text, self._secrets)}\n")
        except OSError as exc:
            log.warning("The transcript %s ends here: %s.", self._path, exc.strerror)
            with suppress(OSError):  # closing tries to write once more
                self._file.close()
