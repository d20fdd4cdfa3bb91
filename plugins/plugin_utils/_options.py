# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of the connection as a route and its settings."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from ._core import Endpoint, InvalidParameter, Settings, to_bool, to_seconds
from ._hops import as_list, endpoint, hop

# The keys of a hop, and the options of the target with the same meaning.
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
_STRINGS = ("known_hosts", "ssh_config", "ssh_type", "ssh_algorithms", "forward", "transcript")
_SECONDS = ("connect_timeout", "command_timeout")


def route(options: Mapping[str, Any]) -> tuple[Endpoint, ...]:
    """Return the hops in order, then the target. Raises EndpointError."""
    folders = driver_path(options)
    values = {key: options.get(option) for key, option in _KEYS.items()}
    if not values["host"] and not values["url"]:
        values["host"] = options.get("inventory_hostname")
    target = endpoint(values, "The target", folders)
    hops = (
        hop(entry, f"Hop {position} of hops", folders)
        for position, entry in enumerate(as_list(options.get("hops")), 1)
    )
    return (*hops, target)


def settings(options: Mapping[str, Any]) -> Settings:
    """Return the settings of the route. Raises InvalidParameter."""
    values: dict[str, Any] = {name: str(options[name]) for name in _STRINGS if options.get(name)}
    for name in _SECONDS:
        if options.get(name) is not None:
            values[name] = to_seconds(name, options[name])
    if options.get("host_key_checking") is not None:
        values["host_key_checking"] = to_bool("host_key_checking", options["host_key_checking"])
    if "transcript" in values:  # without one, hosts of the same device share a session
        values["inventory_name"] = str(options.get("inventory_hostname") or "")
    return Settings(driver_path=driver_path(options), **values)


def persist(options: Mapping[str, Any]) -> float:
    """Return the seconds that an unused session stays open, 0 for no broker. Raises InvalidParameter."""
    seconds = to_seconds("persist", options.get("persist") or 0)
    if not 0 <= seconds < float("inf"):
        raise InvalidParameter(f"persist: expected 0 or more seconds, got {seconds:g}.")
    return seconds


def driver_path(options: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the driver directories that are searched before those of pyco_core."""
    folders = [str(folder) for folder in options.get("driver_path") or ()]
    if options.get("playbook_dir"):
        folders.append(os.path.join(str(options["playbook_dir"]), "drivers"))
    return tuple(folders)
