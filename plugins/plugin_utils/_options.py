# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the options of the connection plugin to a route and its settings, as plain data."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from ansible.module_utils.parsing.convert_bool import boolean

from ._core import Endpoint, InvalidParameter, Settings
from ._hops import endpoint, hop, listed

# A key of a hop, and the option that says the same of the target where it has another name.
_KEYS = {
    "host": "host",
    "port": "port",
    "user": "remote_user",
    "password": "password",
    "protocol": "protocol",
    "driver": "driver",
    "network_os": "network_os",
    "private_key_file": "private_key_file",
    "private_key_passphrase": "private_key_passphrase",
    "become_password": "become_password",
    "url": "url",
}
_TEXTS = ("known_hosts", "ssh_config", "ssh_type", "forward", "transcript")
_SECONDS = ("connect_timeout", "command_timeout")


def route(options: Mapping[str, Any]) -> tuple[Endpoint, ...]:
    """The hops in their order, then the target. Raises EndpointError."""
    folders = driver_path(options)
    said = {key: options.get(option) for key, option in _KEYS.items()}
    if not said["host"] and not said["url"]:
        said["host"] = options.get("inventory_hostname")
    target = endpoint(said, "The target", folders)
    hops = (
        hop(entry, f"Hop {place} of hops", folders)
        for place, entry in enumerate(listed(options.get("hops")), 1)
    )
    return (*hops, target)


def settings(options: Mapping[str, Any]) -> Settings:
    """The settings of the route. Raises InvalidParameter."""
    given: dict[str, Any] = {name: str(options[name]) for name in _TEXTS if options.get(name)}
    for name in _SECONDS:
        if options.get(name) is not None:
            given[name] = _number(name, options[name])
    if options.get("host_key_checking") is not None:
        given["host_key_checking"] = _boolean("host_key_checking", options["host_key_checking"])
    return Settings(driver_path=driver_path(options), **given)


def persist(options: Mapping[str, Any]) -> float:
    """Seconds that an unused session stays open. Raises InvalidParameter."""
    seconds = _number("persist", options.get("persist") or 0)
    if not 0 <= seconds < float("inf"):
        raise InvalidParameter(f"persist is {seconds:g}.", hint="It is a number of seconds, or 0.")
    return seconds


def driver_path(options: Mapping[str, Any]) -> tuple[str, ...]:
    """The folders searched for drivers before those that pyco_core always searches."""
    folders = [str(folder) for folder in options.get("driver_path") or ()]
    if options.get("playbook_dir"):
        folders.append(os.path.join(str(options["playbook_dir"]), "drivers"))
    return tuple(folders)


def _number(name: str, value: object) -> float:
    try:
        return float(str(value))
    except ValueError as exc:
        raise InvalidParameter(f"{name} is {value!r}.", hint="It is a number of seconds above 0.") from exc


def _boolean(name: str, value: object) -> bool:
    try:
        return bool(boolean(value))
    except TypeError as exc:
        raise InvalidParameter(f"{name} is {value!r}.", hint="It can be yes or no.") from exc
