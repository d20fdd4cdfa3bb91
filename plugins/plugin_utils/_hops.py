# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hops from the option `hops`, and from hosts of the inventory."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextvars import ContextVar
from copy import copy
from dataclasses import replace
from typing import Any

from ansible.errors import AnsibleError
from ansible.vars.hostvars import HostVars

from ._core import (
    EXEC,
    PORTS,
    DriverNotFound,
    Endpoint,
    EndpointError,
    InvalidParameter,
    PycoError,
    Secret,
    driver_for,
    parse_url,
    shown,
    suggestion,
)

# The keys of a hop, and the variables of an inventory host with the same meaning. The last one that is set
# counts, as in Ansible for the options of a connection plugin.
VARIABLES = {
    "host": ("ansible_host", "ansible_ssh_host"),
    "port": ("ansible_port", "ansible_ssh_port"),
    "user": ("ansible_user", "ansible_ssh_user"),
    "password": ("ansible_password", "ansible_ssh_pass", "ansible_ssh_password"),
    "protocol": ("ansible_pyco_protocol",),
    "driver": ("ansible_pyco_driver",),
    "command": ("ansible_pyco_command",),
    "network_os": ("ansible_network_os",),
    "private_key_file": ("ansible_private_key_file", "ansible_ssh_private_key_file"),
    "private_key_passphrase": (
        "ansible_private_key_passphrase",
        "ansible_ssh_private_key_passphrase",
        "ansible_pyco_private_key_passphrase",
    ),
    "become_password": ("ansible_enable_pass", "ansible_become_pass", "ansible_become_password"),
    "username_prompt": ("ansible_pyco_username_prompt",),
    "password_prompt": ("ansible_pyco_password_prompt",),
    "url": ("ansible_pyco_url",),
}
_NAMES = tuple(name for names in VARIABLES.values() for name in names)
# Variables of the command line that belong to the target only.
_OF_TARGET = frozenset(_NAMES) - {*VARIABLES["user"], *VARIABLES["private_key_file"]} | {
    "ansible_pyco_hops",
    "ansible_pyco_routes",
}
_SECRETS = ("password", "private_key_passphrase", "become_password")
_MAY_BE_EMPTY = ("password", "become_password")
FIELDS = {"private_key_passphrase": "passphrase"}  # keys, and fields of Endpoint with another name
_PORT = re.compile("[0-9]{1,5}")
TARGET = "The target"  # the label of its errors
_NO_HOST = {"host": "", "port": 0}  # of a program; the variables of its host in the inventory do not count
_trail: ContextVar[tuple[str, ...]] = ContextVar("pyco_via", default=())


def endpoint(values: Mapping[str, Any], label: str, driver_path: tuple[str, ...] = ()) -> Endpoint:
    """Return the login that these keys of VARIABLES describe.

    None counts as unset, and "" too unless it is a password that may be empty. label: start of the error
    messages. The driver is "" if it follows from neither driver, network_os nor url. Raises InvalidParameter,
    InvalidUrl and UnsupportedProtocol.
    """
    options = {
        key: value
        for key, value in values.items()
        if value is not None and (value != "" or key in _MAY_BE_EMPTY)
    }
    try:
        return _endpoint(options, driver_path)
    except EndpointError as exc:
        variable = f"Variable: {variable_of(exc.setting)}." if exc.setting and label == TARGET else ""
        raise type(exc)(f"{label}: {exc.message}", hint=f"{exc.hint} {variable}".strip()) from exc


def variable_of(key: str) -> str:
    """Return the name of the variable for a key of VARIABLES."""
    return VARIABLES[key][-1 if key == "become_password" else 0]


def _endpoint(options: Mapping[str, Any], driver_path: tuple[str, ...]) -> Endpoint:
    for key in options:
        if key not in VARIABLES:
            raise InvalidParameter(f"unknown key {shown(key)}.", hint=suggestion(str(key), VARIABLES))
    texts = {key: _text(key, value) for key, value in options.items()}
    network_os = texts.pop("network_os", "")
    fields: dict[str, Any] = {
        FIELDS.get(key, key): Secret(value) if key in _SECRETS else value
        for key, value in texts.items()
        if key != "url"
    }
    if "port" in fields:
        fields["port"] = _port(fields["port"])
    if "command" in fields:
        fields.setdefault("protocol", EXEC)
    login = _override(texts["url"], fields) if "url" in texts else _create(fields)
    if login.driver or not network_os:
        return login
    try:
        return replace(login, driver=driver_for(network_os, driver_path))
    except DriverNotFound as exc:
        hint = f"{exc.hint} Or set the driver; common detects the prompt of any platform.".strip()
        raise InvalidParameter(f"network_os: {exc.message}", hint=hint, setting="network_os") from exc


def _create(fields: dict[str, Any]) -> Endpoint:
    if fields.get("protocol") == EXEC:
        fields.update(_NO_HOST)
    elif "host" not in fields:
        raise InvalidParameter("the host is missing.", hint="Set host or url.")
    return Endpoint(**fields)


def _override(url: str, fields: dict[str, Any]) -> Endpoint:
    base = parse_url(url)
    if fields.get("protocol", base.protocol) == EXEC:
        return replace(base, **{**fields, **_NO_HOST})
    if base.protocol == EXEC:  # the protocol is overridden
        return _create(fields)
    if fields.get("protocol", base.protocol) != base.protocol and base.port == PORTS[base.protocol]:
        fields = {"port": 0, **fields}  # the default port of the new protocol
    return replace(base, **fields)


def _text(key: str, value: object) -> str:
    """Return the value of a key as text. The error does not repeat a value that may be a secret."""
    if isinstance(value, (Mapping, list, tuple)):
        kind = "a dictionary" if isinstance(value, Mapping) else "a list"
        raise InvalidParameter(f"{key}: expected a string, got {kind}.", setting=key)
    return value if isinstance(value, str) else str(value)


def _port(value: str) -> int:
    """Return the port; 0 is the default of the protocol."""
    if not _PORT.fullmatch(value) or int(value) > 65535:
        raise InvalidParameter(
            f"port: expected a number from 1 to 65535, got {shown(value)}.", setting="port"
        )
    return int(value)


def as_list(hops: object) -> list[Any]:
    """Return the option `hops` as a list.

    A string is split at commas, as Ansible splits a list; a dictionary is one element; None and "" are none.
    """
    if isinstance(hops, (list, tuple)):
        return list(hops)
    if isinstance(hops, str):
        return [part.strip() for part in hops.split(",")] if hops else []
    return [] if hops is None else [hops]


def hop(entry: object, label: str, driver_path: tuple[str, ...] = ()) -> Endpoint:
    """Return the login of one entry of `hops`; label and errors as in `endpoint`."""
    if isinstance(entry, str):
        return endpoint({"url": entry}, label, driver_path)
    if isinstance(entry, Mapping):
        return endpoint(entry, label, driver_path)
    raise InvalidParameter(f"{label}: expected a URL or a dictionary.")


def through(name: str, hostvars: Any, templar: Any, extra: Mapping[str, Any]) -> list[Any]:
    """Return the hops of this inventory host, followed by the host itself, as entries of `hops`.

    hostvars, templar: objects of Ansible. Only the variables that a hop needs are templated, each in the
    context of the host: a play may have thousands of hosts. extra: the variables of the command line, which
    Ansible gives precedence. Raises InvalidParameter for an unknown host, and for a loop.
    """
    trail = _trail.get()
    if name in trail:
        loop = " -> ".join((*trail[trail.index(name) :], name))
        raise InvalidParameter(f"The hops form a loop: {loop}.")
    if name not in hostvars:
        raise InvalidParameter(f"The inventory has no host {shown(name)}.", hint=suggestion(name, hostvars))
    raw = hostvars.raw_get(name)
    inventory = _without(hostvars, extra).raw_get(name) if not _OF_TARGET.isdisjoint(extra) else raw
    raw = {**raw, **{key: inventory.get(key) for key in _OF_TARGET & extra.keys()}}
    own = templar.copy_with_new_env(available_variables={**raw, "hostvars": hostvars})
    token = _trail.set((*trail, name))
    try:
        if raw.get("ansible_pyco_routes"):
            raise InvalidParameter(
                f"The host {name!r} has ansible_pyco_routes, which a hop cannot have.",
                hint="Name each hop list in ansible_pyco_routes of the device.",
            )
        before = as_list(own.template(raw.get("ansible_pyco_hops")))
        variables = {name: own.template(raw[name]) for name in _NAMES if name in raw}
    except AnsibleError as exc:
        # The lookups of the hosts on the route are nested. Only the innermost error is reported.
        if (reason := _reason(exc)) is None:
            raise
        raise InvalidParameter(reason.message, hint=reason.hint) from None
    finally:
        _trail.reset(token)
    return [*before, _entry(name, variables)]


def _without(hostvars: Any, extra: Mapping[str, Any]) -> HostVars:
    """Return the variables of all hosts as the inventory has them."""
    manager = copy(hostvars._variable_manager)
    others = {key: value for key, value in extra.items() if key not in _OF_TARGET}
    vars(manager)["_extra_vars"] = others
    return HostVars(hostvars._inventory, manager, hostvars._loader)


def _reason(exc: BaseException | None) -> PycoError | None:
    while exc is not None and not isinstance(exc, PycoError):
        exc = exc.__cause__
    return exc


def _entry(name: str, variables: Mapping[str, Any]) -> dict[str, Any]:
    entry: dict[str, Any] = {}
    for key, names in VARIABLES.items():
        for variable in names:
            if variables.get(variable) is not None:
                # ansible-core before 2.19 decrypts a vaulted value when it becomes a string.
                entry[key] = str(variables[variable])
    if "url" not in entry:
        entry.setdefault("host", name)
    return entry
