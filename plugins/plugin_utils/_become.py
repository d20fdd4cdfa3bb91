# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Privilege escalation: a mode on a network device, a command such as sudo on a host with a shell."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ._core import Command, CommandError, Console, InvalidParameter, ModeError, Reply, Secret, one_line

# sudo asks three times in all, unless `passwd_tries` of sudoers(5) is set.
_ATTEMPTS = 3
_COLON = "[:\uff1a]"


def keep_network_commands(plugin: Any, is_network: Callable[[], bool]) -> None:
    """Make a become plugin return the commands of a network device unchanged.

    plugin: a loaded become plugin of any method; Ansible creates one for every task. is_network is called
    when a command is built, not earlier.
    """
    build = plugin.build_become_command

    def build_become_command(cmd: str, shell: Any) -> Any:
        return cmd if is_network() else build(cmd, shell)

    plugin.build_become_command = build_become_command


def mode(console: Console) -> str:
    """Return the mode of become on a network device. Raises ModeError if its driver has none."""
    name = console.driver.become_mode
    if not name:
        raise ModeError(
            f"The driver {console.driver.name} has no mode for become.",
            hint="Remove become, or set the device's driver in ansible_pyco_driver.",
            driver=console.driver.name,
            mode=console.mode,
            reached=True,
        )
    return name


def send(console: Console, command: Command, plugin: Any, shell: Any) -> Reply:
    """Send one command, on a host with a shell through the become plugin, and return its output.

    plugin: the become plugin of the task, or None. shell: the shell plugin of the connection.
    Raises PycoError; ModeError if the password of become is wrong or missing.
    """
    if plugin is None or console.driver.network:
        return console(command)
    if command.prompt:
        raise InvalidParameter(
            "prompt and answer cannot be combined with become on a host with a shell.",
            hint="Log in as that user, or let the command read its answer from a file.",
            reached=True,
        )
    script = plugin.build_become_command(command.text, shell)
    reply = run(console, replace(command, text=script), plugin)
    if reply.status:
        last = reply.strip().rpartition("\n")[2]
        ending = f": {last}" if last else "."
        raise CommandError(
            f"{command.text!r} ended with status {reply.status}{ending}",
            driver=console.driver.name,
            mode=reply.mode,
            command=command.text,
            last_output=last,
            reached=True,
        )
    return reply


def run(console: Console, script: Command, plugin: Any = None) -> Reply:
    """Run a script in a subshell of a host with a shell, and return its output and status.

    script: its text may have several lines. plugin: the become plugin that built the script. Its password
    prompt is answered; the prompt and the success marker are removed from the output. If it is None the
    script has no input. Raises PycoError; ModeError if the password of become is wrong or missing, or if the
    shell has kept its own prompt.
    """
    line = one_line(script.text)
    if plugin is None:
        return _with_status(console, console(replace(script, text=f"{line} </dev/null", check=False)))
    reply = _with_status(console, console(replace(script, text=line, check=False, **_answers(plugin))))
    output = _strip(console, plugin, str(reply))
    return Reply(
        output,
        command=script.text,
        mode=reply.mode,
        elapsed=reply.elapsed,
        status=reply.status,
        notices=reply.notices,
        parsing=reply.parsing,
    )


def _with_status(console: Console, reply: Reply) -> Reply:
    if reply.status is None and not console.driver.network:
        raise _refused(
            console,
            "The exit status is not known: the login shell has kept its own prompt.",
            "Set the driver freebsd, which runs /bin/sh, or use pyco_command without become.",
        )
    return reply


def _answers(plugin: Any) -> dict[str, Any]:
    password = plugin.get_option("become_pass")
    if not password or not plugin.prompt:
        return {}
    return {
        "prompt": (prompt(plugin),) * _ATTEMPTS,
        "answer": (Secret(password), *[""] * (_ATTEMPTS - 1)),
        "check_all": True,
        "answer_until": plugin.success,
    }


def prompt(plugin: Any) -> str:
    """Return the pattern of the question for the password, "" if the program asks for none.

    plugin: has built its command. One that does not know its question has True: su in the language of the
    host, doas and ksu with names. The option of these two has regular expressions.
    """
    if not plugin.prompt or isinstance(plugin.prompt, str):
        return re.escape(plugin.prompt or "")
    known = "prompt_l10n" in plugin.option_definitions
    own = [str(text) for text in (plugin.get_option("prompt_l10n") if known else None) or ()]
    if hasattr(plugin, "SU_PROMPT_LOCALIZATIONS"):
        names = "|".join(map(re.escape, own or plugin.SU_PROMPT_LOCALIZATIONS))
        return rf"(?i:{names})\s*{_COLON}"
    text = f"(?:{'|'.join(own)})" if own else rf"(?i:password)[^\r\n:]*{_COLON}"
    return rf"\r?[^\r\n]*{text}[^\r\n]*\Z"  # the line is unfinished


def _strip(console: Console, plugin: Any, output: str) -> str:
    if not plugin.success:
        return output
    before, marker, after = output.partition(plugin.success)
    if marker:
        return after.removeprefix("\n")
    data = before.encode("utf-8", "surrogateescape")
    if plugin.check_incorrect_password(data):
        raise _refused(
            console, f"The password for {plugin.name} is wrong.", "Correct ansible_become_password."
        )
    if plugin.check_missing_password(data):
        raise _refused(console, f"{plugin.name} asks for a password.", "Set ansible_become_password.")
    return output


def _refused(console: Console, message: str, hint: str) -> ModeError:
    return ModeError(message, hint=hint, driver=console.driver.name, mode=console.mode, reached=True)
