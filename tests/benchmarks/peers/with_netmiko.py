# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

from netmiko import ConnectHandler

from .serve import serve


class Netmiko:
    def __init__(self, facts: dict[str, Any]) -> None:
        self._facts = facts

    def connect(self) -> None:
        facts = self._facts
        ending = "_telnet" if facts.get("protocol") == "telnet" else ""
        self._connection = ConnectHandler(
            device_type=facts.get("driver", "linux") + ending,
            host=facts["host"],
            port=facts.get("port"),
            username=facts["user"],
            password=facts["password"],
            ssh_strict=True,
            alt_host_keys=True,
            alt_key_file=facts["known_hosts"],
        )

    def command(self, text: str) -> str:
        return str(self._connection.send_command(text, read_timeout=300))

    def push(self, lines: list[str]) -> None:
        self._connection.send_config_set(lines)

    def close(self) -> None:
        self._connection.disconnect()


serve(Netmiko)
