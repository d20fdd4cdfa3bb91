# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of network_cli as those of the connection pyco."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from . import _core, _options

_REFUSED = {
    "proxy_command": "ansible_libssh_proxy_command or ansible_paramiko_proxy_command",
    "ssh_args": "ansible_ssh_args",
    "ssh_common_args": "ansible_ssh_common_args",
    "ssh_extra_args": "ansible_ssh_extra_args",
}
_PROXY = re.compile(r"(?i)proxy(?:command|jump)|(?:^|\s)-J")
_LEARNED = "common"  # the driver of a platform without one
_ROUTEROS = "mikrotik_routeros"


def translate(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options for the connection pyco.

    Raises InvalidParameter for an option that must not be ignored without a word.
    """
    _check_proxy(options)
    if options.get("terminal_initial_prompt"):
        raise _core.InvalidParameter(
            "ansible_terminal_initial_prompt is not supported.",
            hint="Add an event for the question to a driver, and set ansible_pyco_driver.",
        )
    values = {**options, "command_timeout": options.get("persistent_command_timeout")}
    driver = _driver(options)
    if driver is not None:
        values |= {"driver": driver, "network_os": None}
    if (values.get("driver")) == _ROUTEROS and isinstance(user := values.get("remote_user"), str):
        # Parameters of the console behind the user name, which the driver adds itself.
        values["remote_user"] = user.partition("+")[0]
    return values


def has_driver(options: Mapping[str, Any]) -> bool:
    """Return False if the platform has no driver, and the options name none."""
    return _driver(options) != _LEARNED


def _driver(options: Mapping[str, Any]) -> str | None:
    """Return the driver of a platform without an own one, and None if the options name a driver."""
    network_os = options.get("network_os")
    if options.get("driver") or options.get("url") or not isinstance(network_os, str):
        return None
    try:
        return _core.driver_for(network_os, _options.driver_path(options))
    except _core.DriverNotFound:
        return _LEARNED


def _check_proxy(options: Mapping[str, Any]) -> None:
    for name, variables in _REFUSED.items():
        value = options.get(name)
        if value and (name == "proxy_command" or _PROXY.search(str(value))):
            raise _core.InvalidParameter(
                f"{variables}: pyco does not use a proxy command of libssh or paramiko.",
                hint="Set ansible_pyco_hops to the hosts on the way, such as [ssh://ops@bastion/linux].",
            )
