# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hops as a user writes them, and hops from the hosts of the inventory."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import replace
from typing import Any

from ansible.errors import AnsibleError

from ._core import PORTS, Endpoint, InvalidParameter, PycoError, Secret, driver_for, parse_url, suggestion

# The keys of a hop, each with the variables of an inventory host that say the same. Where several
# are set the last one counts: so does Ansible with those of a connection plugin.
VARIABLES = {
    "host": ("ansible_host", "ansible_ssh_host"),
    "port": ("ansible_port", "ansible_ssh_port"),
    "user": ("ansible_user", "ansible_ssh_user"),
    "password": ("ansible_password", "ansible_ssh_pass", "ansible_ssh_password"),
    "protocol": ("ansible_pyco_protocol",),
    "driver": ("ansible_pyco_driver",),
    "network_os": ("ansible_network_os",),
    "private_key_file": ("ansible_private_key_file", "ansible_ssh_private_key_file"),
    "private_key_passphrase": (
        "ansible_private_key_passphrase",
        "ansible_ssh_private_key_passphrase",
        "ansible_pyco_private_key_passphrase",
    ),
    "become_password": ("ansible_become_pass", "ansible_become_password"),
    "url": ("ansible_pyco_url",),
}
_KNOWN = tuple(name for names in VARIABLES.values() for name in names)
_SECRETS = ("password", "private_key_passphrase", "become_password")
_FIELD = {"private_key_passphrase": "passphrase"}
_trail: ContextVar[tuple[str, ...]] = ContextVar("pyco_via", default=())


def endpoint(said: Mapping[str, Any], where: str, driver_path: tuple[str, ...] = ()) -> Endpoint:
    """The login that these keys of VARIABLES describe; None and "" count as not said.

    where: what a message begins with. The driver stays "" where neither driver, network_os nor url
    choose one. Raises InvalidParameter, InvalidUrl and UnsupportedProtocol.
    """
    given = {key: value for key, value in said.items() if value is not None and value != ""}
    for key in given:
        if key not in VARIABLES:
            raise InvalidParameter(f"{where}: there is no key {key!r}.", hint=suggestion(str(key), VARIABLES))
    text = {key: value if isinstance(value, str) else str(value) for key, value in given.items()}
    network_os = text.pop("network_os", "")
    changes: dict[str, Any] = {
        _FIELD.get(key, key): Secret(value) if key in _SECRETS else value
        for key, value in text.items()
        if key != "url"
    }
    if "port" in changes:
        changes["port"] = _port(changes["port"], where)
    made = _changed(text["url"], changes) if "url" in text else _made(changes, where)
    if made.driver or not network_os:
        return made
    return replace(made, driver=driver_for(network_os, driver_path))


def _made(given: dict[str, Any], where: str) -> Endpoint:
    if "host" not in given:
        raise InvalidParameter(f"{where}: it has neither a host nor a url.")
    return Endpoint(**given)


def _changed(url: str, changes: dict[str, Any]) -> Endpoint:
    base = parse_url(url)
    if changes.get("protocol", base.protocol) != base.protocol and base.port == PORTS[base.protocol]:
        changes = {"port": 0, **changes}  # the other protocol's own port
    return replace(base, **changes)


def _port(value: str, where: str) -> int:
    if not (value.isascii() and value.isdigit()):
        raise InvalidParameter(f"{where}: the port {value!r} is not a number.")
    return int(value)


def listed(hops: object) -> list[Any]:
    """The hops option as a list: a single URL or dictionary is a list of one, None an empty one."""
    if isinstance(hops, (list, tuple)):
        return list(hops)
    return [] if hops is None or hops == "" else [hops]


def hop(said: object, where: str, driver_path: tuple[str, ...] = ()) -> Endpoint:
    """One entry of the hops option. Raises InvalidParameter, InvalidUrl and UnsupportedProtocol."""
    if isinstance(said, str):
        return endpoint({"url": said}, where, driver_path)
    if isinstance(said, Mapping):
        return endpoint(said, where, driver_path)
    raise InvalidParameter(f"{where}: it is neither a URL nor a dictionary.")


def through(name: str, hostvars: Any, templar: Any) -> list[Any]:
    """The hops that lead to this host of the inventory and the host itself, as entries of hops.

    hostvars, templar: Ansible's own. The host's variables are templated one by one in the host's own
    context, and only those that say where it is: a play has thousands of hosts.
    Raises InvalidParameter for a host that is not there and for hosts that lead through each other.
    """
    trail = _trail.get()
    if name in trail:
        loop = " -> ".join((*trail[trail.index(name) :], name))
        raise InvalidParameter(f"The hops go in a circle: {loop}.")
    if name not in hostvars:
        hint = suggestion(name, hostvars)
        raise InvalidParameter(f"The inventory has no host {name!r} to go through.", hint=hint)
    raw = hostvars.raw_get(name)
    own = templar.copy_with_new_env(available_variables={**raw, "hostvars": hostvars})
    token = _trail.set((*trail, name))
    try:
        before = listed(own.template(raw.get("ansible_pyco_hops")))
        said = {name: own.template(raw[name]) for name in _KNOWN if name in raw}
    except AnsibleError as exc:
        # What went wrong some hosts further is said once, not once for each host on the way there.
        if (reason := _reason(exc)) is None:
            raise
        raise InvalidParameter(reason.message, hint=reason.hint) from None
    finally:
        _trail.reset(token)
    return [*before, _entry(name, said)]


def _reason(exc: BaseException | None) -> PycoError | None:
    while exc is not None and not isinstance(exc, PycoError):
        exc = exc.__cause__
    return exc


def _entry(name: str, variables: Mapping[str, Any]) -> dict[str, Any]:
    entry: dict[str, Any] = {}
    for key, names in VARIABLES.items():
        for variable in names:
            if variables.get(variable) is not None:
                # A vaulted value stays sealed in some versions of Ansible until it is made text.
                entry[key] = str(variables[variable])
    if "url" not in entry:
        entry.setdefault("host", name)
    return entry
