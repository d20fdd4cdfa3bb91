# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run random command lines over routes and by ssh, and print those with different results, as lines of JSON.

The routes are in a JSON file: the logins, and the command of ssh that leads to the same host.
"""

from __future__ import annotations

import json
import random
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pyco_core.device import Device, device, path
from pyco_core.models.execute import Execute
from pyco_core.models.settings import Settings

Outcome = tuple[int, bytes, bytes]


class Lines:
    """Command lines for any POSIX shell, and their input."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def next(self) -> tuple[str, bytes]:
        """Return a command line and its input."""
        parts = [self._part() for _ in range(self._random.randint(1, 5))]
        text = self._random.choice(("; ", "\n", " && ", " || ")).join(parts)
        if self._random.random() < 0.5:
            text += self._random.choice(("; ", "\n")) + self._end()
        return text, self._random.choice((b"", self._bytes(30), self._bytes(5000), b"no line end"))

    def _bytes(self, most: int) -> bytes:
        return self._random.randbytes(self._random.randint(0, most))

    def _word(self) -> str:
        letters = "ab 汉é'\"\\$`*?;&|<>(){}[]#~!%^=\t\n@.:-"
        return "".join(self._random.choices(letters, k=self._random.randint(0, 12)))

    def _printf(self) -> str:
        data = self._bytes(self._random.choice((3, 40, 400)))
        return "printf '%b' " + shlex.quote("".join(f"\\0{byte:03o}" for byte in data))

    def _part(self) -> str:
        quoted = shlex.quote(self._word())
        where = self._random.choice(("", "", " >&2", " 2>&1", " | cat", " | od -c >&2"))
        return self._random.choice(
            (
                f"{self._printf()}{where}",
                f"printf '%s|' {quoted} {shlex.quote(self._word())}{where}",
                f"v={quoted}; printf '%s' \"$v\"{where}",
                f"cat{where}",
                "head -n 1",
                f"(exit {self._random.randint(0, 255)})",
                "set -- a 'b c'; echo $#",
                "cat <<'END'\n" + self._word().replace("END", "") + "\nEND\n:",
                f"{{ {self._printf()}; echo err >&2; }}",
                f"awk 'BEGIN {{ for (i = 0; i < {self._random.randint(1, 3000)}; i++) print i }}'{where}",
                "no-such-program-here 2>/dev/null",
                "echo $((6 * 7)) >&2",
                "(printf x & wait)",
                "test -t 0; test -t 1; pwd",
            )
        )

    def _end(self) -> str:
        return self._random.choice(
            (f"exit {self._random.randint(0, 255)}", "kill -9 $$", "kill $$", "exec true", "exec printf end")
        )


def _device(route: dict[str, Any]) -> Device:
    settings = Settings(
        known_hosts="/run/pyco-lab/ctl/known_hosts", command_timeout=120, forward=route["forward"]
    )
    logins = []
    for login in route["logins"]:
        url = f"{login.get('protocol', 'ssh')}://{login['host']}/linux"
        parts = {name: login[name] for name in ("user", "password", "port") if name in login}
        logins.append(device(url, settings=settings, **parts))
    return path(logins)


def _is_signal(actual: Outcome, expected: Outcome) -> bool:
    """Return True if a shell on a terminal has reported the signal for which ssh has 255."""
    return expected[0] == 255 and actual[0] in (128 + 9, 128 + 15) and actual[1:] == expected[1:]


def _by_ssh(command: list[str], text: str, data: bytes) -> Outcome:
    done = subprocess.run([*command, text], input=data, capture_output=True, check=False)
    return done.returncode, done.stdout, done.stderr


def differences(host: Device, ssh: list[str], count: int, seed: int) -> Iterator[dict[str, Any]]:
    """Yield the command lines that have another result on a host than by an ssh command."""
    lines = Lines(seed)
    for _ in range(count):
        text, data = lines.next()
        ours = host.execute(Execute(text, data))
        actual = ours.status, ours.stdout, ours.stderr
        expected = _by_ssh(ssh, text, data)
        if actual != expected and not _is_signal(actual, expected):
            yield {"text": text, "data": repr(data), "ours": repr(actual), "by_ssh": repr(expected)}


def main(file: str, count: str, seed: str) -> None:
    """Print the differences."""
    for route in json.loads(Path(file).read_text("utf-8")):
        with _device(route) as host:
            for difference in differences(host, route["ssh"], int(count), int(seed)):
                print(json.dumps({"route": route["name"], **difference}), flush=True)
        print(json.dumps({"done": route["name"]}), flush=True)
