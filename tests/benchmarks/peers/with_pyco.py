# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

from pyco_core.device import Device, device
from pyco_core.models.settings import Settings

from .serve import serve


class Pyco:
    def __init__(self, facts: dict[str, Any]) -> None:
        self._facts = facts
        self._device: Device

    def connect(self) -> None:
        facts = self._facts
        settings = Settings(known_hosts=facts["known_hosts"], command_timeout=300)
        protocol, driver = facts.get("protocol", "ssh"), facts.get("driver", "linux")
        port = f":{facts['port']}" if "port" in facts else ""
        url = f"{protocol}://{facts['user']}:{facts['password']}@{facts['host']}{port}/{driver}"
        self._device = device(url, settings=settings)
        self._device.connect()

    def command(self, text: str) -> str:
        return self._device(text)

    def push(self, lines: list[str]) -> None:
        self._device.configure("\n".join(lines), match="none").apply()

    def close(self) -> None:
        self._device.close()


serve(Pyco)
