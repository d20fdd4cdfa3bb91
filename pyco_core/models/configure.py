# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands that configure a platform, as its driver has them."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

_QUOTED = "{comment!q}"


@dataclass(frozen=True, slots=True)
class Configure:
    """The keys below `configure` of a driver file, see `docs/driver_file.md`. An empty value is no command.

    kind, root: see the keys. mode: in which configuration is typed. candidate: a mode used instead of it,
    with a candidate of its own. safe: a mode in which the device undoes all lines if the session ends.
    running, complete, startup: show the running configuration, the same with defaults, and the one of the
    next start. backup: shows the configuration with secrets. whole, volatile: regular expressions for a
    whole configuration, and for parts that change by themselves. leave: leaves a section. compare, begin,
    sessions, abandon, commit, comment, confirm, arm, confirmed, discard, failed: of a candidate. bound:
    whether the end of the session takes back what is not confirmed. clear, replace: make a candidate the
    whole configuration. checkpoint, restore, forget: of a copy on the device. window: see Lines. unsaved,
    several, locked: regular expressions.
    """

    kind: str = "indented"
    root: str = ""
    mode: str = ""
    candidate: str = ""
    safe: str = ""
    running: str = ""
    complete: str = ""
    startup: str = ""
    backup: str = ""
    whole: str = ""
    volatile: tuple[str, ...] = ()
    leave: str = "exit"
    compare: str = ""
    begin: str = ""
    sessions: str = ""
    abandon: str = ""
    clear: str = ""
    replace: str = ""
    checkpoint: str = ""
    restore: str = ""
    forget: str = ""
    commit: str = ""
    comment: str = ""
    confirm: str = ""
    arm: str = ""
    confirmed: str = ""
    bound: bool = False
    discard: str = ""
    failed: str = ""
    save: str = ""
    unsaved: str = ""
    negate: str = ""
    collapse: bool = False
    window: float = 0.0
    several: tuple[str, ...] = ()
    locked: tuple[str, ...] = ()

    def commit_with(self, text: str) -> str:
        """Return the command that commits with a text, which ends neither its quotes nor the command.

        `{comment!q}` quotes the text for a POSIX shell.
        """
        if _QUOTED in self.comment:
            return self.comment.replace(_QUOTED, shlex.quote(text))
        return self.comment.replace("{comment}", text.replace('"', "'"))
