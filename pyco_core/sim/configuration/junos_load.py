# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`load` of Junos, with a text that is typed up to Ctrl-D.

Source: Junos OS CLI User Guide, "Load a Configuration from a File or the Terminal".
"""

from __future__ import annotations

from .junos_session import JunosSession
from .statement_text import read
from .statements import Statements

CTRL_D = "\x04"
_ACTIONS = ("merge", "override", "replace", "set", "update")


def load_terminal(cli: JunosSession, rest: str) -> None:
    """Load a typed text into the candidate. rest: the action and `terminal`, also `relative`."""
    action, _blank, source = rest.partition(" ")
    if action not in _ACTIONS or source.split()[:1] != ["terminal"]:
        cli.refuse(rest, len("load "), "syntax error.")
        return
    lines = []
    prompt = "[Type ^D at a new line to end input]\n"
    while True:
        line = cli.dialogue.ask(prompt)
        prompt = ""
        lines.append(line.rstrip(CTRL_D))
        if line.endswith(CTRL_D):
            break
    cli.change(f"load {rest}", lambda: _load(cli, action, "\n".join(lines), relative="relative" in source))


def _load(cli: JunosSession, action: str, text: str, *, relative: bool) -> None:
    """Load a text. An override replaces everything below the section; the others add to it."""
    replaces = action in ("override", "update")
    statements = Statements(cli.candidate.schema) if replaces else cli.candidate.copy()
    prefix = cli.path if relative else ()
    if prefix:
        text = " ".join(prefix) + " {\n" + text + "\n}\n"
    wrong = read(text, statements)
    for number, line in enumerate(wrong, start=1):
        cli.dialogue.write(f"terminal:{number}:(1) syntax error: {line.split()[0]}\n")
        cli.dialogue.write(f"  [edit]\n    '{line}'\n      syntax error\n")
    if action != "override" or not wrong:
        cli.replace(statements)
    cli.dialogue.write(f"load complete ({len(wrong)} errors)\n" if wrong else "load complete\n")
