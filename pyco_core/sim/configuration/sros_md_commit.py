# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`commit`, `validate` and `rollback` of the MD-CLI.

Sources: 7750 SR MD-CLI User Guide, "Committing a configuration", "Rolling back the configuration"; Nokia,
SReXperts, "Introduction to the SR OS Model-Driven CLI", for the messages of `commit confirmed`, and for the
end of an unconfirmed commit with its session.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .candidate_device import CONFIRM
from .dialogue import Dialogue
from .sros_md_session import SrosMdHost
from .sros_text import shown
from .statements import Path_, Statements

_COMMIT = re.compile(
    r"(?:comment (?:\"[^\"]*\"|\S+))?|confirmed(?: (?P<minutes>\d+)|(?P<word> accept| cancel))?"
)
_MINUTES = 10
_LONGEST = 168
LOCKED = "MINOR: MGMT_CORE #2052: Exclusive datastore access unavailable - {}\n"
EDITED = "model-driven interface editing global candidate"
NOT_NOW = "MINOR: MGMT_CORE #2203: Invalid element - currently not allowed\n"


def commit(device: SrosMdHost, session: Dialogue, target: Statements, rest: str) -> bool:
    """Commit a configuration, and return True if that was done. rest: the typed options."""
    match = _COMMIT.fullmatch(rest)
    minutes = int(match["minutes"] or _MINUTES) if match else 0
    if match is None or not 1 <= minutes <= _LONGEST:
        session.write(f"MINOR: MGMT_CORE #2201: Unknown element - '{rest.split()[-1]}'\n")
        return False
    if match["word"]:
        _end(device, session, match["word"].strip())
        return False
    if device.confirming is not None:
        session.write(NOT_NOW)
        return False
    if device.owner not in (None, session):
        session.write(LOCKED.format(EDITED))
        return False
    problems = "".join(f"{line}\n" for line in problems_of(device, target))
    if problems:
        session.write(problems)
        return False
    if rest.startswith("confirmed"):
        device.commit_for(session, target, minutes * 60.0)
        left = int(device.remaining(CONFIRM) or 0) - 1
        session.write(
            "INFO: CLI #2090: Commit confirmed - automatic rollback in "
            f"{left // 60} minutes {left % 60} seconds\n"
        )
    elif target.root != device.current.root:
        device.commit(target)
    return True


def problems_of(device: SrosMdHost, target: Statements) -> Iterator[str]:
    """Yield the messages for what a commit refuses: a fault, or a BGP group or policy that does not exist."""
    model = device.model
    for path in device.problems(target):
        yield f"MINOR: MGMT_CORE #4001: configure {shown(path, model)} - Statement is not allowed"
    for path in target.root.paths():
        wanted = _referred(path)
        if wanted and target.root.at(wanted) is None:
            place = shown(path[:-1], model)
            yield (
                f"MINOR: MGMT_CORE #224: configure {place} - Entry does not exist - "
                f"configure {shown(wanted, model)}"
            )


def _referred(path: Path_) -> Path_:
    """Return the path of the entry that a statement refers to, () for others."""
    if path[-2:-1] == ("group",) and "neighbor" in path:
        return (*path[: path.index("neighbor")], "group", path[-1])
    if path[-2:-1] == ("policy",):
        return ("policy-options", "policy-statement", path[-1])
    return ()


def _end(device: SrosMdHost, session: Dialogue, word: str) -> None:
    """Accept or cancel an unconfirmed commit of this session."""
    if device.confirming is not session:
        session.write(NOT_NOW)
        return
    device.end_confirmation(keep=word == "accept")
    session.write(
        "INFO: CLI #2092: Commit confirmed - accepted - automatic rollback canceled\n"
        if word == "accept"
        else "INFO: CLI #2096: Commit confirmed - canceled - automatic rollback of changes\n"
    )
