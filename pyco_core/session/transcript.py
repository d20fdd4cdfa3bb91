# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Observers that report a connection as lines of text, secrets masked: for `-vvv` and for transcripts."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timezone

from .. import home
from ..errors import InvalidParameter, visible
from ..models.line_buffer import LineBuffer
from ..models.observer import Observer
from ..ownership import weakness
from .terminal import decode, render, strip_escapes

log = logging.getLogger("pyco")


class LineObserver(Observer):
    """Reports a connection as lines `HOP SIGN TEXT`.

    SIGN is `>` for typed text, `<` for received text, `*` for the start and the end of a login. Received text
    is reported by whole lines, so that a secret in two reads is masked too.

    write: receives each line, without its line end. mask: hides the secrets in a text.
    """

    def __init__(self, write: Callable[[str], None], mask: Callable[[str], str]) -> None:
        self._write = write
        self._mask = mask
        self._hop = 0  # of the unfinished line
        self._line = LineBuffer(mask)

    def connected(self, hop: int, endpoint: str) -> None:
        """Report the start of a login."""
        self._report(hop, "*", f"connected to {endpoint}")

    def sent(self, hop: int, text: str) -> None:
        """Report typed text, after the prompt that it was typed at."""
        self._report(hop, ">", text)

    def received(self, hop: int, data: bytes) -> None:
        """Report the complete lines, and keep the rest."""
        if hop != self._hop:
            self.flush()
            self._hop = hop
        if lines := self._line.add(data):
            for line in lines.removesuffix(b"\n").split(b"\n"):
                self._write_received(line)

    def closed(self, hop: int, reason: str) -> None:
        """Report the end of a session."""
        self._report(hop, "*", f"closed: {reason}")

    def flush(self) -> None:
        """Report the unfinished line, if there is one."""
        if line := self._line.take():
            self._write_received(line)

    def _report(self, hop: int, sign: str, text: str) -> None:
        self.flush()
        self._write(f"{hop} {sign} {visible(self._mask(text))}")

    def _write_received(self, line: bytes) -> None:
        text = self._mask(render(decode(strip_escapes(line))))
        self._write(f"{self._hop} < {visible(text)}")


class Transcript(LineObserver):
    """Appends the lines of a connection to `FOLDER/NAME.log`.

    Each line begins with a timestamp: ISO 8601, UTC, milliseconds.

    The file gets mode 0600; the folder is created with mode 0700. A symbolic link is not followed. If the
    file cannot be written any more, the transcript ends with a warning in the log: a full disk must not
    interrupt a command.

    name: of the device in the inventory. mask: hides the secrets in a text. now: the clock.

    Raises InvalidParameter if the file cannot be opened.
    """

    def __init__(
        self,
        folder: str,
        name: str,
        mask: Callable[[str], str],
        now: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
    ) -> None:
        super().__init__(self._append, mask)
        self._now = now
        try:
            home.make_folder(folder)
            self._path = os.path.join(folder, f"{name.replace(os.sep, '_')}.log")
            weak = weakness(self._path)
            if weak is not None:
                raise ValueError(weak)
            number = home.open_private(self._path, os.O_WRONLY | os.O_APPEND)
            self._file = os.fdopen(number, "w", 1, "utf-8", "backslashreplace")
        except (OSError, ValueError) as exc:
            reason = exc.strerror if isinstance(exc, OSError) else exc
            raise InvalidParameter(
                f"The transcript of {name} cannot be written to {folder}: {reason}.",
                hint="Check the setting 'transcript'.",
                setting="transcript",
            ) from exc

    def close(self) -> None:
        """Write the unfinished line and close the file. A second call does nothing."""
        self.flush()
        with suppress(OSError):
            self._file.close()

    def _append(self, line: str) -> None:
        if self._file.closed:
            return
        timestamp = self._now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        try:
            self._file.write(f"{timestamp} {line}\n")
        except OSError as exc:
            log.warning("The transcript %s ends here: %s.", self._path, exc.strerror)
            with suppress(OSError):  # closing tries to write once more
                self._file.close()
