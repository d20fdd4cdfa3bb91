# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The facts of a device as the result of a task."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..driver.model import Driver
from ..facts import subsets
from ..facts.gather import gather
from ..models.console import Console

_NAMES = {"hostname": "hostname", "version": "version", "model": "model", "serial": "serialnum"}


@dataclass(slots=True)
class Facts:
    """The work of one task and its result.

    enter: enters a mode, "" for the default mode, and returns the console. driver: returns its driver.
    subset: see `subsets.parts`.

    Raises InvalidParameter.
    """

    enter: Callable[[str], Console]
    driver: Callable[[Console], Driver]
    subset: Sequence[str] = ("min",)
    _facts: dict[str, Any] = field(default_factory=dict, init=False)
    _name: str = field(default="", init=False)
    _has_none: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        subsets.parts(self.subset)

    def run(self) -> None:
        """Read the facts. Raises PycoError."""
        console = self.enter("")
        self._name = console.driver.name
        driver = self.driver(console)
        self._has_none = not driver.facts
        self._facts = gather(console, driver, self.subset)

    def result(self) -> dict[str, Any]:
        """Return the result of the task, {} for the facts after an error."""
        facts = ansible_facts(self._facts, self._name, self.subset) if self._name else {}
        result: dict[str, Any] = {"changed": False, "ansible_facts": facts}
        if self._has_none:
            result["warnings"] = [f"The driver {self._name} has no commands that give facts (`facts`)."]
        return result


def ansible_facts(facts: Mapping[str, Any], driver: str, subset: Sequence[str]) -> dict[str, Any]:
    """Return facts by the names of vendors' facts modules, and all of them in `ansible_pyco`."""
    names: dict[str, Any] = {
        "ansible_pyco": dict(facts),
        "ansible_net_system": driver,
        "ansible_net_gather_subset": list(subset),
    }
    names.update({f"ansible_net_{other}": facts[name] for name, other in _NAMES.items() if name in facts})
    if "interfaces" in facts:
        interfaces = facts["interfaces"]
        names["ansible_net_interfaces"] = {name: _interface(entry) for name, entry in interfaces.items()}
        for family in ("ipv4", "ipv6"):
            addresses = [address for entry in interfaces.values() for address in entry.get(family, ())]
            names[f"ansible_net_all_{family}_addresses"] = addresses
    if "neighbors" in facts:
        neighbors: dict[str, Any] = {}
        for entry in facts["neighbors"]:
            pair = {"host": entry.get("hostname", ""), "port": entry.get("port", "")}
            neighbors.setdefault(entry["local_interface"], []).append(pair)
        names["ansible_net_neighbors"] = neighbors
    if "config" in facts:
        names["ansible_net_config"] = facts["config"]["running"]
    return names


def _interface(facts: Mapping[str, Any]) -> dict[str, Any]:
    return dict(_interface_names(facts))


def _interface_names(facts: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the facts of an interface by the names of vendors' modules, which have texts for states."""
    for name, other in (("description", "description"), ("mac", "macaddress"), ("mtu", "mtu")):
        if name in facts:
            yield other, facts[name]
    if "speed" in facts:
        yield "bandwidth", facts["speed"] * 1000
    if "up" in facts:
        yield "lineprotocol", "up" if facts["up"] else "down"
    if "enabled" in facts:
        down = "down" if facts["enabled"] else "administratively down"
        yield "operstatus", "up" if facts.get("up") else down
    for family in ("ipv4", "ipv6"):
        yield (
            family,
            [
                {"address": address, "subnet": str(entry["prefix_length"])}
                for address, entry in facts.get(family, {}).items()
                if "prefix_length" in entry
            ],
        )
