# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A telnet client that types lines and reads up to the prompt, and a clock that tests set."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from typing import TypeAlias

TIMEOUT = 10.0
# Half a line of configuration may end in the last sign of a prompt; before it is a blank, a quote or nothing.
PROMPT = r"(?:^|[\r\n])[^\r\n\";]*[\w)\]~][>#$%] ?$"
NEXT_PROMPT = r"\n[^\r\n\";]*[\w)\]~][>#$%] ?$"  # below the echo of a line
_OPTIONS = re.compile(rb"\xff[\xfb-\xfe].|\xff\xfa.*?\xff\xf0", re.DOTALL)


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += seconds


class Terminal:
    """A telnet session on a simulated device."""

    def __init__(self, port: int) -> None:
        self.sock = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT)
        self.text = ""

    def log_in(self, user: str = "pyco", password: str = "pyco") -> Terminal:
        self.wait("[Uu]sername: $|[Ll]ogin: $")
        self("" + user, until="[Pp]assword: ?$")
        self(password)
        return self

    def __call__(self, line: str, until: str = NEXT_PROMPT) -> str:
        """Type a line; return the output between its echo and the prompt, without the prompt."""
        self.sock.sendall(line.encode() + b"\r\0")
        output = self.wait(until)
        _echo, _end, output = output.partition("\n")
        return output

    def send(self, text: str) -> None:
        self.sock.sendall(text.encode())

    def wait(self, until: str = PROMPT) -> str:
        """Return the text before a pattern at the end of the stream; `prompt` keeps the end."""
        data = b""
        while True:
            text = _OPTIONS.sub(b"", data).decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "")
            match = re.search(until, text)
            if match:
                self.text = match[0].strip("\r\n")
                start = match.start() + (1 if match[0].startswith("\n") else 0)
                return text[:start]
            received = self.sock.recv(65536)
            assert received, f"closed before {until!r}: {text!r}"
            data += received

    def run(self, *lines: str) -> str:
        """Type lines; return all output."""
        return "".join(self(line) for line in lines)

    def is_closed(self) -> bool:
        """Read up to the end of the connection."""
        while self.sock.recv(65536):
            pass
        return True


Open: TypeAlias = Callable[[int], Terminal]
