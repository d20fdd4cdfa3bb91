# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`commit` and `rollback` of Junos.

Source: Junos OS CLI User Guide, "Commit the Configuration", `commit confirmed`, `commit check`, `commit
and-quit`, `rollback`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .junos_session import JunosSession
from .junos_show import history
from .statements import Path_, Statements

_COMMIT = re.compile(
    r"(?:check|confirmed(?: (\d+))?|and-quit|comment (?:\"[^\"]*\"|\S+)|synchronize|force)(?: |$)"
)
_MINUTES = 10  # before an unconfirmed commit is rolled back


def commit(cli: JunosSession, rest: str) -> None:
    """Commit the candidate. rest: the typed options."""
    options: dict[str, str] = {}
    place = 0
    while place < len(rest):
        match = _COMMIT.match(rest, place)
        if match is None:
            cli.refuse(rest, len("commit ") + place, "syntax error.")
            return
        options[match[0].split()[0]] = match[1] or ""
        place = match.end()
    if "confirmed" in options and cli.is_private:
        cli.dialogue.write("error: commit confirmed is not allowed in private mode\n")
        return
    target = _target(cli)
    problems = "".join(_problems(cli, target))
    if problems:
        cli.dialogue.write(f"{problems}error: configuration check-out failed\n")
    elif "check" in options:
        cli.dialogue.write("configuration check succeeds\n")
    else:
        _commit(cli, target, options)


def rollback(cli: JunosSession, rest: str) -> None:
    """Load an earlier configuration into the candidate. rest: its number."""
    number = int(rest or 0) if (rest or "0").isdecimal() else -1
    older = history(cli.device, number) if number >= 0 else None
    if older is None:
        cli.dialogue.write(
            f"error: rollback {rest} not found\n" if number >= 0 else "error: invalid rollback number\n"
        )
        return

    def act() -> None:
        cli.replace(older.copy())
        cli.dialogue.write("load complete\n")

    cli.change(f"rollback {rest}".strip(), act)


def _commit(cli: JunosSession, target: Statements, options: dict[str, str]) -> None:
    minutes = int(options.get("confirmed") or _MINUTES) if "confirmed" in options else 0
    if minutes:
        cli.dialogue.write(
            f"commit confirmed will be automatically rolled back in {minutes} minutes unless confirmed\n"
        )
    cli.device.commit(target, revert_after=minutes * 60.0)
    cli.start_again()
    cli.dialogue.write("commit complete\n")
    if "and-quit" in options:
        cli.leave()


def _target(cli: JunosSession) -> Statements:
    """Return the configuration to commit: a private candidate is merged with the commits of others."""
    if not cli.is_private:
        return cli.candidate
    return cli.device.current.merged(cli.base, cli.candidate)


def _problems(cli: JunosSession, target: Statements) -> Iterator[str]:
    """Yield the messages for statements that the commit refuses: a fault, or a policy that is not defined."""
    for path in cli.device.problems(target):
        yield _problem(path, "statement is not allowed")
    defined = target.root.at(("policy-options", "policy-statement"))
    for path in target.root.paths():
        is_policy = path[0] == "protocols" and path[-2] in ("import", "export")
        if is_policy and (defined is None or path[-1] not in defined.children):
            yield _problem(path[:-1], f"Policy error: Policy {path[-1]} referenced but not defined")


def _problem(path: Path_, message: str) -> str:
    return f"[edit {' '.join(path[:-1])}]\n  '{path[-1]}'\n    {message}\n"
