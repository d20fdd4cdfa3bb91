# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

from scrapli.driver.core import IOSXEDriver
from scrapli.driver.generic import GenericDriver

from .serve import serve

_DRIVERS: dict[str, tuple[Any, dict[str, Any]]] = {
    "linux": (GenericDriver, {"comms_prompt_pattern": r"^\S+@\S+:\S+\$\s*$"}),
    # The mode in which a login ends.
    "cisco_ios": (IOSXEDriver, {"default_desired_privilege_level": "exec"}),
}


class Scrapli:
    def __init__(self, facts: dict[str, Any]) -> None:
        self._facts = facts

    def connect(self) -> None:
        facts = self._facts
        protocol = facts.get("protocol", "ssh")
        driver, options = _DRIVERS[facts.get("driver", "linux")]
        self._connection = driver(
            host=facts["host"],
            port=facts.get("port", 22),
            auth_username=facts["user"],
            auth_password=facts["password"],
            ssh_known_hosts_file=facts["known_hosts"],
            auth_strict_key=True,
            transport="paramiko" if protocol == "ssh" else "telnet",
            timeout_socket=30,
            timeout_transport=300,
            timeout_ops=300,
            **options,
        )
        self._connection.open()

    def command(self, text: str) -> str:
        return str(self._connection.send_command(text).result)

    def push(self, lines: list[str]) -> None:
        self._connection.send_configs(lines)

    def close(self) -> None:
        self._connection.close()


serve(Scrapli)
