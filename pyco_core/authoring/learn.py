# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drafts a driver for an unknown platform from a live session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..device import Device
from ..errors import InvalidParameter, SessionClosed, SessionError
from ..session.masker import mask
from ..session.probe import LEAVE
from ..session.prompt_learner import normalize
from .draft import Draft, DraftMode
from .patterns import NONSENSE, error_pattern

PASSWORD = r"(?i)\bpass(?:word|code)\b[^\r\n]{0,80}: ?"
BACK = ("end", "exit", "quit", "back")  # commands tried to leave a mode
LOGOUT = ("exit", "quit", "logout")  # commands tried to end the session


def learn(device: Device, name: str, *, commands: Sequence[str] = (), enter: Sequence[str] = ()) -> Draft:
    """Log in to a device with the driver `common` and draft a driver from its answers.

    It types empty lines, one unknown command, the given commands, the usual commands back to the previous
    mode, and the usual commands that end a session.

    name: name of the new driver. commands: show commands; one with a long output reveals the pager. enter:
    commands that lead to another mode, in this order; a password question is answered with the become
    password.

    A session error after the login ends the exploration, and the draft has a gap that quotes it.

    Raises InvalidParameter if the device was opened with a driver of its own, and the errors of a login.
    """
    with device:
        explorer = _Explorer(device)
        explorer.explore(commands, enter)
    return explorer.draft(name)


class _Explorer:
    """Collects the facts about one connected device."""

    def __init__(self, device: Device) -> None:
        if not device.prompt:
            raise InvalidParameter(
                f"The platform already has a driver, {device.driver_name}.", hint="Omit it from the URL."
            )
        self._device = device
        self._modes = [DraftMode(_first_mode(device.prompt), device.prompt)]
        self._errors: list[str] = []
        self._pager = ""
        self._pager_end = ""
        self._logout = ""
        self._gaps: list[str] = []

    def explore(self, commands: Sequence[str], enter: Sequence[str]) -> None:
        """Type the commands, enter the modes, leave them again, and log out."""
        self._find_error()
        try:
            for command in commands:
                self._find_pager(command)
            for command in enter:
                self._enter(command)
            if self._leave():
                self._log_out()
        except SessionError as exc:
            self._gaps.append(f"everything after this error: {exc.message}")

    def draft(self, name: str) -> Draft:
        """Return the facts."""
        endpoint = self._device.endpoint
        return Draft(
            name,
            str(endpoint),
            endpoint.user,
            tuple(self._modes),
            tuple(self._errors),
            self._pager,
            self._pager_end,
            self._logout,
            tuple(self._gaps),
        )

    def _find_error(self) -> None:
        pattern = error_pattern(str(self._device(NONSENSE, check=False)), NONSENSE)
        if pattern:
            self._errors.append(pattern)

    def _find_pager(self, command: str) -> None:
        for line, key in self._device.probe(command).stops:
            if key == LEAVE:
                self._pager_end = line
            elif not self._pager:
                self._pager = line
        # One prompt for both: the blank did nothing, or the output ended at that page.
        if self._pager_end == self._pager:
            self._pager_end = ""

    def _enter(self, command: str) -> None:
        before = normalize(self._device.prompt)
        endpoint = self._device.endpoint
        reply = self._device(command, prompt=PASSWORD, answer=endpoint.become_password or "", check=False)
        if normalize(self._device.prompt) == before:
            last_line = mask(reply.strip().rpartition("\n")[2], endpoint.secrets)
            self._gaps.append(f"the mode after {command!r}; the device answered: {last_line}")
            return
        parent = next(mode.name for mode in self._modes if normalize(mode.prompt) == before)
        self._modes.append(DraftMode(self._mode_name(command), self._device.prompt, parent, command))

    def _mode_name(self, command: str) -> str:
        first = "".join(filter(str.isalnum, command.split()[0]))
        name = "config" if command.startswith("conf") else first or "mode"
        taken = {mode.name for mode in self._modes}
        return name if name not in taken else f"{name}_{len(taken)}"

    def _leave(self) -> bool:
        """Leave mode by mode; return whether the session is back in its first mode."""
        prompts = {mode.name: mode.prompt for mode in self._modes}
        for index, mode in reversed(list(enumerate(self._modes))[1:]):
            back = (f"dis{mode.enter[2:]}", *BACK) if mode.enter.startswith("en") else BACK
            for command in back:
                try:
                    self._device(command, check=False)
                except SessionClosed:
                    self._logout = command
                    self._gaps.append(f"the command that leaves {mode.name}; {command!r} ended the session.")
                    return False
                if normalize(self._device.prompt) == normalize(prompts[mode.parent]):
                    self._modes[index] = replace(mode, leave=command)
                    break
            else:
                self._gaps.append(f"the command that leaves {mode.name}.")
                return False
        return True

    def _log_out(self) -> None:
        for command in LOGOUT:
            try:
                self._device(command, check=False)
            except SessionClosed:
                self._logout = command
                return


def _first_mode(prompt: str) -> str:
    return {">": "user", "#": "enable"}.get(prompt.strip()[-1], "cli")
