# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of the connection as a route and its settings."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

from ansible import context

from ._core import (
    EXEC,
    Endpoint,
    InvalidParameter,
    PycoError,
    Settings,
    shown,
    suggestion,
    to_bool,
    to_seconds,
)
from ._hops import FIELDS, TARGET, VARIABLES, as_list, endpoint, hop, variable_of

# The keys of a hop, and the options of the target with the same meaning.
_KEYS = {
    "host": "host",
    "port": "port",
    "user": "remote_user",
    "password": "password",
    "protocol": "protocol",
    "driver": "driver",
    "command": "command",
    "network_os": "network_os",
    "private_key_file": "private_key_file",
    "private_key_passphrase": "private_key_passphrase",
    "become_password": "become_password",
    "username_prompt": "username_prompt",
    "password_prompt": "password_prompt",
    "url": "url",
}
_PREFIX = "ansible_pyco_"  # of the variables of settings
_EXAMPLE = "Example: [[ssh://ops@bastion1], [ssh://ops@bastion2], []]."


def _to_string(name: str, value: object) -> str:
    if isinstance(value, (Mapping, list, tuple)):
        raise InvalidParameter(f"{name}: expected a string, got a value of the type {type(value).__name__}.")
    return str(value)


def _to_count(name: str, value: object) -> int:
    try:
        return int(str(value))
    except ValueError:  # not chained: it repeats the value
        raise InvalidParameter(f"{name}: expected a whole number, got {shown(value)}.") from None


# The fields of Settings that are options of the same name, with their conversion from an Ansible value.
_SETTINGS: Mapping[str, Callable[[str, Any], Any]] = {
    "connect_timeout": to_seconds,
    "command_timeout": to_seconds,
    "session_timeout": to_seconds,
    "sessions": _to_count,
    "max_output": _to_count,
    "host_key_checking": to_bool,
    "known_hosts": _to_string,
    "ssh_config": _to_string,
    "ssh_type": _to_string,
    "ssh_algorithms": _to_string,
    "forward": _to_string,
    "transcript": _to_string,
}


# The keys of a mapping in `routes`: fields of the target that differ on this route.
_OF_ROUTE = ("hops", "host", "port", "user", "password", "protocol", "command", "driver")


def routes(options: Mapping[str, Any]) -> tuple[tuple[Endpoint, ...], ...]:
    """Return the routes in the order in which they are tried, at least one. Raises EndpointError."""
    entries = options.get("routes")
    if entries is None or entries in ("", [], ()):
        return (route(options),)
    if not isinstance(entries, (list, tuple)):
        raise InvalidParameter(f"{_PREFIX}routes: expected a list of hop lists.", hint=_EXAMPLE)
    if as_list(options.get("hops")):
        raise InvalidParameter(
            f"{_PREFIX}routes and {_PREFIX}hops are mutually exclusive.",
            hint=f"Make the hops the first entry of {_PREFIX}routes, and set {_PREFIX}hops to [].",
        )
    return tuple(_route(options, entry, f"Route {place} of routes") for place, entry in enumerate(entries, 1))


def _route(options: Mapping[str, Any], entry: object, label: str) -> tuple[Endpoint, ...]:
    """Return one route; entry: a hop list, or a mapping with a hop list and keys of the target."""
    if not isinstance(entry, Mapping):
        return route({**options, "hops": entry}, f"{label}, hop {{}}")
    if "hops" not in entry:
        hint = f"A hop that is a dictionary belongs into a list. {_EXAMPLE}"
        raise InvalidParameter(f"{label}: the key 'hops' is missing.", hint=hint)
    for key in entry:
        if key not in _OF_ROUTE:
            raise InvalidParameter(
                f"{label}: unknown key {shown(key)}.", hint=suggestion(str(key), _OF_ROUTE)
            )
    own: dict[str, Any] = {str(_KEYS.get(key, key)): value for key, value in entry.items()}
    if "command" in own:
        own = {"protocol": EXEC, **own}
    if "protocol" in own:
        own = {"port": None, "command": None, **own}  # the default port of the protocol
    return route({**options, **own}, f"{label}, hop {{}}", label)


def route(
    options: Mapping[str, Any], label: str = f"Hop {{}} of {_PREFIX}hops", target_label: str = TARGET
) -> tuple[Endpoint, ...]:
    """Return the hops in order, then the target. Raises EndpointError.

    label, target_label: start of the error messages about a hop and about the target.
    """
    folders = driver_path(options)
    values = {key: options.get(option) for key, option in _KEYS.items()}
    if not values["host"] and not values["url"]:
        values["host"] = options.get("inventory_hostname")
    target = endpoint(values, target_label, folders)
    hops = (
        hop(entry, label.format(position), folders)
        for position, entry in enumerate(as_list(options.get("hops")), 1)
    )
    return (*hops, target)


def settings(options: Mapping[str, Any]) -> Settings:
    """Return the settings of the route. Raises InvalidParameter."""
    values: dict[str, Any] = {}
    for name, convert in _SETTINGS.items():
        value = options.get(name)
        if value is not None and (value != "" or convert is not _to_string):
            values[name] = convert(f"{_PREFIX}{name}", value)
            _check(name, values[name])
    if "transcript" in values:  # without one, hosts of the same device share a session
        values["inventory_name"] = str(options.get("inventory_hostname") or "")
    return Settings(driver_path=driver_path(options), **values)


def persist(options: Mapping[str, Any]) -> float:
    """Return the seconds that an unused session stays open, 0 for no broker. Raises InvalidParameter."""
    seconds = to_seconds(f"{_PREFIX}persist", options.get("persist") or 0)
    if not 0 <= seconds < float("inf"):
        raise InvalidParameter(f"{_PREFIX}persist: expected 0 or more seconds, got {seconds:g}.")
    return seconds


def variable_hint(error: PycoError, logins: int, has_fallbacks: bool = False) -> str:
    """Return a sentence with the variable that the remedy of an error sets, "" for none.

    logins: number of logins that the variables describe. Those of a ProxyJump come before them.
    has_fallbacks: True if there are several routes.
    """
    name = next((key for key, field in FIELDS.items() if field == error.setting), error.setting)
    if name in _SETTINGS:
        return f"Variable: {_PREFIX}{name}."
    if name not in VARIABLES or error.hop is None:
        return ""
    variable = variable_of(name)
    place = error.hop - max((error.hops or logins) - logins, 0)
    if place == logins:
        return f"Variable: {variable}."
    if place < 1:
        return f"This login is from ProxyJump in the ssh configuration; as a hop it can have a {name}."
    if has_fallbacks:
        return f"It is `{name}` of a hop in {_PREFIX}routes."
    return (
        f"It is `{name}` of entry {place} in ansible_pyco_hops, or {variable} of the inventory host that the "
        "lookup via names."
    )


def _check(name: str, value: Any) -> None:
    """Raise InvalidParameter with the name of the variable if the setting has an invalid value."""
    try:
        Settings(**{name: value})
    except InvalidParameter as exc:
        message = exc.message.replace(name, f"{_PREFIX}{name}", 1)
        raise InvalidParameter(message, hint=exc.hint) from exc


def driver_path(options: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the driver folders that are searched before those of pyco_core.

    `drivers` beside a playbook is one of them. Without a playbook Ansible calls the current directory
    `playbook_dir`: nobody chose that for its drivers, which may have code.
    """
    folders = [_to_string("driver_path", folder) for folder in options.get("driver_path") or ()]
    if options.get("playbook_dir") and not is_ad_hoc():
        folders.append(os.path.join(str(options["playbook_dir"]), "drivers"))
    return tuple(folders)


def is_ad_hoc() -> bool:
    """Return True for `ansible` and `ansible-console`, without the option --playbook-dir."""
    return not {"module_name", "pattern"}.isdisjoint(context.CLIARGS) and not context.CLIARGS.get("basedir")
