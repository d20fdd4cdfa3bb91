# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a session sent and saw, with every secret masked, for errors and for the transcript file."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from ..endpoint import MASK
from ..errors import InvalidParameter
from .terminal import decode, render, strip_escapes


def mask(text: str, secrets: Iterable[str]) -> str:
    """Text with each of the secrets shown as `********`; the longest first, one may hold another."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, MASK)
    return text


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
    Raises InvalidParameter when the file cannot be written.
    """

    def __init__(self, folder: str, name: str, secrets: Iterable[str]) -> None:
        self._secrets = secrets
        self._seen = b""
        try:
            Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)
            path = os.path.join(folder, f"{name}.log")
            self._file = os.fdopen(
                os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "w", 1, "utf-8"
            )
        except OSError as exc:
            raise InvalidParameter(
                f"The transcript cannot be written to {folder}: {exc.strerror}.",
                hint="Check ansible_pyco_transcript.",
            ) from exc

    def sent(self, text: str) -> None:
        self._write(">", text)

    def saw(self, data: bytes) -> None:
        *lines, self._seen = (self._seen + data).split(b"\n")
        for line in lines:
            self._write("<", render(decode(strip_escapes(line))))

    def close(self) -> None:
        if not self._file.closed:
            if self._seen:
                self.saw(b"\n")
            self._file.close()

    def _write(self, sign: str, text: str) -> None:
        if self._seen and sign == ">":  # the prompt that this text was typed at
            self.saw(b"\n")
        self._file.write(f"{sign} {mask(text, self._secrets)}\n")
