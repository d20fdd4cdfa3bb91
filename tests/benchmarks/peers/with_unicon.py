# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

from unicon import Connection

from .serve import serve


class Unicon:
    def __init__(self, facts: dict[str, Any]) -> None:
        self._facts = facts

    def connect(self) -> None:
        facts = self._facts
        login = {"username": facts["user"], "password": facts["password"]}
        self._connection = Connection(
            hostname=facts["host"],
            start=[f"ssh -o UserKnownHostsFile={facts['known_hosts']} -l {facts['user']} {facts['host']}"],
            os="linux",
            credentials={"default": login},
            log_stdout=False,
        )
        self._connection.connect()

    def command(self, text: str) -> str:
        return str(self._connection.execute(text, timeout=300))

    def close(self) -> None:
        self._connection.disconnect()


serve(Unicon)
