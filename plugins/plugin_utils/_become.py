# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""become: on a network device a mode of its CLI, on a host with a shell a command such as sudo."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ansible.errors import AnsibleError

from ._commands import Command, one_line
from ._core import CommandError, InvalidParameter, ModeError, Secret, Session

# Where a password is refused, sudo asks again (three times in all, unless it is told otherwise).
_REFUSALS = 2


def leave_commands_alone(plugin: Any, is_network: Callable[[], bool]) -> None:
    """Make this become plugin return a network device's commands as they are.

    plugin: a loaded become plugin, of any method; Ansible makes one for every task. is_network is
    asked when a command is built, not before.
    """
    build = plugin.build_become_command

    def build_become_command(cmd: str, shell: Any) -> str:
        return cmd if is_network() else build(cmd, shell)

    plugin.build_become_command = build_become_command


def mode(session: Session) -> str:
    """The mode that become is on this network device. Raises ModeError where its driver has none."""
    name: str = session.driver.become_mode
    if not name:
        raise ModeError(
            f"The driver {session.driver.name} has no mode for become.",
            hint="Leave out become, or name the device's driver in ansible_pyco_driver.",
            driver=session.driver.name,
            mode=session.mode,
            reached=True,
        )
    return name


@dataclass(frozen=True, slots=True)
class Output:
    """What a command printed, and the mode that the device was in afterwards."""

    text: str
    mode: str


def send(session: Session, command: Command, plugin: Any, shell: Any) -> Output:
    """Send one command, on a host with a shell as the become plugin wants it (None: as it is).

    Raises PycoError, and AnsibleError where the password of become is wrong or missing.
    """
    if plugin is None or session.driver.network:
        reply = session(command.text, **command.details)
        return Output(str(reply), reply.mode)
    if "prompt" in command.details:
        raise InvalidParameter(
            "prompt and answer do not go with become on a host with a shell.",
            hint="Log in as that user, or let the command read its answer from a file.",
            reached=True,
        )
    script = plugin.build_become_command(command.text, shell)
    text, reply = run(session, script, plugin, **command.details)
    if reply.status:
        last = text.strip().rpartition("\n")[2]
        ending = f": {last}" if last else "."
        raise CommandError(
            f"{command.text!r} ended with status {reply.status}{ending}",
            driver=session.driver.name,
            mode=reply.mode,
            command=command.text,
            last_output=last,
            reached=True,
        )
    return Output(text, reply.mode)


def run(session: Session, script: str, plugin: Any = None, **details: Any) -> tuple[str, Any]:
    """Run this script in a subshell of a host with a shell: what it printed, and the session's reply.

    plugin: the become plugin that built the script; its prompt is answered, and its prompt and its
    success marker are not in the output. Without one the script has no input. Raises PycoError, and
    AnsibleError where the password of become is wrong or missing.
    """
    if plugin is None:
        reply = session(f"{one_line(script)} </dev/null", check=False, **details)
        return str(reply), reply
    reply = session(one_line(script), check=False, **details, **_answers(plugin))
    return _result(plugin, str(reply)), reply


def _answers(plugin: Any) -> dict[str, Any]:
    password = plugin.get_option("become_pass")
    if not password or not plugin.prompt:
        return {}
    if isinstance(plugin.prompt, str):
        prompt = re.escape(plugin.prompt)
    else:  # su and its like only know how the word for it reads in the languages of the world
        words = plugin.get_option("prompt_l10n") or plugin.SU_PROMPT_LOCALIZATIONS
        prompt = rf"(?i:{'|'.join(map(re.escape, words))})\s*" + "(?::|\uff1a)"
    return {
        "prompt": (prompt,) * (1 + _REFUSALS),
        "answer": (Secret(password), *[""] * _REFUSALS),
        "check_all": True,
    }


def _result(plugin: Any, output: str) -> str:
    if not plugin.success:
        return output
    before, marker, after = output.partition(plugin.success)
    if marker:
        return after.removeprefix("\n")
    told = before.encode("utf-8", "surrogateescape")
    if plugin.check_incorrect_password(told):
        raise AnsibleError(f"The password for {plugin.name} is wrong; it is in ansible_become_password.")
    if plugin.check_missing_password(told):
        raise AnsibleError(f"{plugin.name} asks for a password; set ansible_become_password.")
    return output
