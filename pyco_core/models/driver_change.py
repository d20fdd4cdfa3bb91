# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes of a driver that are made in code, as data: they travel to the broker with a login."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from ..errors import InvalidParameter
from .checks import check_name, check_type

Texts = str | Sequence[str]  # one string, or several
_EVENT = ("pattern", "line", "state", "action", "next_state")
_EXAMPLE = "Example: {'events': {'more': {'pattern': 'More:', 'action': 'send: '}}}."


@dataclass(frozen=True, slots=True)
class DriverChange:
    """Keys of a driver file that override those of the driver; None deletes a key.

    where: name of the method that made the change; messages begin with it.
    """

    where: str
    keys: Mapping[str, Any]

    def fingerprint(self) -> str:
        """Return a text that is equal for equal changes. Raises InvalidParameter for keys that JSON lacks."""
        try:
            return json.dumps([self.where, self.keys], allow_nan=False)
        except (TypeError, ValueError) as exc:
            raise InvalidParameter(
                f"{self.where}: the keys are not plain data: {exc}.",
                hint="Use strings, numbers, booleans, None, lists and dictionaries.",
            ) from exc


class ChangeableDriver:
    """The methods that change the driver of one device before it connects.

    Device applies the changes in this process, RemoteDevice sends them to the broker.
    """

    changes: tuple[DriverChange, ...] = ()

    def extend(self, keys: Mapping[str, Any]) -> None:
        """Override keys of the driver; None deletes a key.

        >>> r1.extend({"modes": {"shell": {"prompt": "[$]", "from": "user", "enter": "start shell"}}})

        Raises InvalidParameter (no dictionary), UnknownAction, InvalidDriver.
        """
        check_type("extend", keys, (Mapping,), "a dictionary of the keys of a driver file", _EXAMPLE)
        self.change_driver(DriverChange("extend", keys))

    def add_event(
        self,
        name: str,
        *,
        pattern: Texts = (),
        line: Texts = (),
        state: Texts = (),
        action: Texts = (),
        next_state: str = "",
        **unknown: NoReturn,
    ) -> None:
        """Add an event or replace it. Omitted parameters keep the values of an existing event.

        pattern: regex that reaches to the end of the unfinished last line.
        line: regex of a finished line during a login.
        state: a state, several, or `*` for any.
        action: `send: TEXT`, `sendline: TEXT` or the name of an action.
        next_state: the state after the event.
        unknown: refused, with the names of similar parameters.

        >>> r1.add_event("username", pattern=r"Username: ", state="GROUND", action="send_username")

        Raises InvalidParameter (unknown parameter), UnknownAction, InvalidDriver.
        """
        for parameter in unknown:
            check_name(parameter, _EVENT, "add_event", "parameter")
        check_type("add_event, name", name, (str,), "a string")
        keys = {"pattern": pattern, "line": line, "state": state, "action": action, "next": next_state}
        self.change_driver(DriverChange("add_event", {"events": {name: _without_empty(keys)}}))

    def remove_event(self, name: str) -> None:
        """Remove an event and its transitions. Raises InvalidParameter, InvalidDriver."""
        check_type("remove_event, name", name, (str,), "a string")
        self.change_driver(DriverChange("remove_event", {"events": {name: None}}))

    def add_transition(self, event: str, state: Texts, *, action: Texts = (), next_state: str = "") -> None:
        """Add a transition or replace it.

        event: an existing event; `*` for any that a text shows.
        state: a state, several, or `*` for any; both `*` make the default.
        action, next_state: see add_event; without next_state the state stays.

        Raises UnknownAction, InvalidDriver.
        """
        keys = {"event": event, "state": state, "action": action, "next": next_state}
        self.change_driver(DriverChange("add_transition", {"transitions": [_without_empty(keys)]}))

    def remove_transition(self, event: str, state: Texts) -> None:
        """Remove the transition for this event in this state. Raises InvalidDriver."""
        keys = {"event": event, "state": state, "remove": True}
        self.change_driver(DriverChange("remove_transition", {"transitions": [keys]}))

    def change_driver(self, change: DriverChange) -> None:
        """Add one change. It applies to the next login. Raises DriverError."""
        self.changes = (*self.changes, change)


def _without_empty(keys: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in keys.items() if value}
