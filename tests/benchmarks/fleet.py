# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Any number of simulated telnet routers in one process: `fleet.py PORT`.

The process listens on every loopback address, so that 127.1.0.1, 127.1.0.2, ... are separate hosts. The
devices of pyco_core.sim use a thread each; a thousand of them would cost more than the measured code.
Like IOS, the routers negotiate options and echo input.
"""

from __future__ import annotations

import asyncio
import re
import socket
import sys

HOSTS = 1000
USER, PASSWORD = "bench", "bench-login"

_WILL_ECHO_AND_SGA = b"\xff\xfb\x01\xff\xfb\x03\xff\xfd\x18\xff\xfd\x1f"
_NEGOTIATION = re.compile(rb"\xff(?:\xfa.*?\xff\xf0|[\xfb-\xfe].|[\xf0-\xf9])", re.DOTALL)
_UNFINISHED = re.compile(rb"\xff(?:\xfa.*|[\xfb-\xfe]?)\Z", re.DOTALL)
VERSION = "\r\n".join(
    (
        "Simulated Software (BENCH-K9-M), Version 15.2(4), made for tests/benchmarks",
        *(f"Interface module {slot}: 24 ports, serial SIM{slot:04}" for slot in range(20)),
        "Configuration register is 0x2102",
    )
)


def address(number: int) -> str:
    """Return the address of the host of this number, from 0."""
    return f"127.1.{number // 250}.{number % 250 + 1}"


class LineReader:
    """Reads lines from a telnet client, optionally with echo."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._raw = self._text = b""

    async def next(self, echo: bool) -> str:
        """Read a line. Raises EOFError."""
        while b"\r" not in self._text and b"\n" not in self._text:
            data = await self._reader.read(4096)
            if not data:
                raise EOFError
            data = _NEGOTIATION.sub(b"", self._raw + data)  # the rest may end in an incomplete option
            cut = _UNFINISHED.search(data)
            end = cut.start() if cut else len(data)
            self._raw = data[end:]
            self._text += data[:end].replace(b"\r\n", b"\n").replace(b"\r\0", b"\n")
        line, _end, self._text = self._text.replace(b"\r", b"\n").partition(b"\n")
        if echo:
            self._writer.write(line)
        self._writer.write(b"\r\n")
        return line.decode(errors="replace")


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Serve one login on one router; the router's name is derived from its address."""
    sock: socket.socket = writer.get_extra_info("socket")
    third, fourth = sock.getsockname()[0].split(".")[2:]
    name = f"r{int(third) * 250 + int(fourth) - 1:04}"
    lines = LineReader(reader, writer)
    try:
        writer.write(_WILL_ECHO_AND_SGA + b"\r\nUser Access Verification\r\n\r\nUsername: ")
        user = await lines.next(echo=True)
        writer.write(b"Password: ")
        password = await lines.next(echo=False)
        if (user, password) != (USER, PASSWORD):
            writer.write(b"% Login invalid\r\n\r\n")
            return
        while True:
            writer.write(f"{name}>".encode())
            line = (await lines.next(echo=True)).strip()
            if line == "exit":
                return
            if line == "show version":
                writer.write(f"{VERSION}\r\n{name} uptime is 3 weeks\r\n".encode())
            elif line and not line.startswith("terminal "):
                writer.write(b"             ^\r\n% Invalid input detected at '^' marker.\r\n\r\n")
    except (EOFError, ConnectionError):
        pass
    finally:
        writer.close()


async def main(port: int) -> None:
    server = await asyncio.start_server(serve, "0.0.0.0", port, backlog=1024)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
