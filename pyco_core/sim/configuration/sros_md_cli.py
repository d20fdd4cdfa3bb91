# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of Nokia SR OS in the model-driven mode (MD-CLI) around its configuration.

Sources: 7750 SR MD-CLI User Guide, "Navigating", "Editing configuration", with their messages; the error of a
locked candidate is of Nokia's SReXperts exercises. That a session in the global mode cannot change or commit
while another one is exclusive is written in the guide, the text of that error is assumed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ...tape import Command
from .dialogue import Dialogue
from .output_filter import split_filters
from .sros_line import Token, TypedLine, read_deletion, read_line, tokens_of
from .sros_md_commit import EDITED, LOCKED, NOT_NOW, commit, problems_of
from .sros_md_modes import KEPT, MODES
from .sros_md_session import SrosMdHost
from .sros_md_show import info, show
from .sros_text import compared, shown
from .statements import Node, Path_, Statements

_SAVED = "Writing configuration to cf3:\\config.cfg\nSaving configuration ... OK\nCompleted.\n"


class SrosMdCli:
    """A session on a device in the model-driven mode."""

    commands: Mapping[str, Sequence[Command]] = {
        "md": tuple(Command((verb, kind)) for verb in ("configure", "edit-config") for kind in MODES)
    }
    ends = ""

    def __init__(self, device: SrosMdHost, dialogue: Dialogue) -> None:
        self.device = device
        self.dialogue = dialogue
        self._kind = ""
        self._is_explicit = self._is_outside = False
        self._path: Path_ = ()
        self._own: Statements | None = None
        self._base = device.current
        self._verbs: dict[str, Callable[[str], None]] = {
            "delete": self._delete,
            "info": lambda rest: info(device, dialogue, self._candidate, self._path, rest),
            "compare": lambda _rest: self._compare(),
            "validate": lambda _rest: self._validate(),
            "commit": self._commit,
            "discard": lambda _rest: self._discard(),
            "rollback": self._rollback,
            "back": self._back,
            "top": lambda _rest: self._top(),
            "exit": self._exit,
            "pwc": lambda _rest: self._pwc(),
            "quit-config": lambda _rest: self._quit(),
        }

    @property
    def prompt(self) -> str:
        """Return the two lines of the prompt of a configuration mode, below an empty one."""
        if not self._kind:
            return ""
        words = shown(self._path, self.device.model)
        section = "" if self._is_outside else f"configure {words}".rstrip()
        mark = MODES[self._kind].mark
        place = f"({mark})[/{section}]" if self._is_explicit else f"[{mark}:/{section}]"
        signs = "!" * (self._own is not None and self._base is not self.device.current)
        signs += "*" * self._is_changed
        return f"\n{signs}{place}\nA:{self.dialogue.user}@{self.device.hostname}# "

    @property
    def mode(self) -> str:
        """Return the kind of the configuration mode, "" outside of it."""
        return self._kind

    @property
    def _candidate(self) -> Statements:
        return self._own if self._own is not None else self.device.shared

    @property
    def _is_changed(self) -> bool:
        base = self._base if self._own is not None else self.device.current
        return self._candidate.root != base.root

    def run(self, words: tuple[str, ...], values: Mapping[str, str]) -> str:
        """Enter a configuration mode."""
        self._enter(words[1], is_explicit=words[0] == "edit-config")
        return ""

    def carry_out(self, line: str) -> bool:
        """Show or save the configuration; return False for another line."""
        command, filters = split_filters(" ".join(line.split()))
        if command.startswith(("admin show configuration", "file show ")):
            show(self.device, self.dialogue, command, filters)
        elif command == "admin save":
            self.device.save()
            self.dialogue.write(_SAVED)
        else:
            return False
        return True

    def obey(self, line: str) -> None:
        """Carry out a line of a configuration mode."""
        text = line.strip()
        first, _blank, rest = text.lstrip("/").partition(" ")
        if not text or text.startswith("#"):
            return
        if first in ("show", "admin", "environment", "logout", "file"):
            self.dialogue.execute(text.lstrip("/"))
        elif first in self._verbs:
            self._verbs[first](rest.strip())
        else:
            self._set(line)

    def close(self) -> None:
        """Leave the configuration mode without a question; an unconfirmed commit is undone."""
        if self.device.confirming is self.dialogue:
            self.device.end_confirmation(keep=False)
        if self._kind:
            self._leave()

    def _enter(self, kind: str, *, is_explicit: bool) -> None:
        device = self.device
        if kind == "exclusive" and (device.owner or device.editors or device.is_changed):
            self.dialogue.write(LOCKED.format(EDITED))
            return
        self.dialogue.write(MODES[kind].entered)
        if kind == "exclusive":
            device.own(self.dialogue)
        if kind == "global":
            device.editors.append(self.dialogue)
        self._kind, self._path = kind, ()
        self._is_explicit = self._is_outside = is_explicit
        self._base = device.current
        self._own = device.current.copy() if kind == "private" else None

    def _leave(self) -> None:
        if self._kind == "exclusive":
            self.device.own(None)
            self.device.discard()
        if self._kind == "global":
            self.device.editors.remove(self.dialogue)
        self._kind, self._own = "", None

    def _set(self, line: str) -> None:
        section, tokens = self._resolved(line)
        typed = read_line(tokens, section, self.device.model)
        cut = self.device.receive(line)
        if typed.error:
            self._refuse(typed)
        elif self._is_writable(line, changes=any(map(self._lacks, typed.paths))):
            for path in typed.paths:
                self._candidate.set(path)
            if typed.leads:
                self._path, self._is_outside = typed.section, False
        if cut:
            self.dialogue.hang_up("dropped")

    def _resolved(self, line: str) -> tuple[Path_, list[Token]]:
        """Return the section that a line begins in, and its words below that."""
        tokens = tokens_of(line)
        word = tokens[0].word if tokens else ""
        if word == "/configure" or self._is_outside and word == "configure":
            return (), tokens[1:]
        return ("/",) if self._is_outside else self._path, tokens

    def _lacks(self, path: Path_) -> bool:
        return self._candidate.root.at(path) is None

    def _is_writable(self, line: str, *, changes: bool = True) -> bool:
        """Return whether this session may carry out a line, after an error if not.

        changes: whether the line changes the candidate.
        """
        device = self.device
        if device.refuses(line) or changes and (self._kind == "read-only" or device.confirming is not None):
            self.dialogue.write(NOT_NOW)
            return False
        if changes and self._kind == "global" and device.owner is not None:
            self.dialogue.write(LOCKED.format(EDITED))
            return False
        return True

    def _refuse(self, typed: TypedLine) -> None:
        width = len(self.prompt.rpartition("\n")[2])
        mark = f"{' ' * (width + typed.column)}{'^' * typed.width}\n" if typed.width else ""
        self.dialogue.write(f"{mark}{typed.error}\n")

    def _delete(self, rest: str) -> None:
        section, tokens = self._resolved(rest)
        typed = read_deletion(tokens, section, self.device.model)
        cut = self.device.receive(f"delete {rest}")
        if typed.error:
            self._refuse(typed)
        elif self._is_writable(f"delete {rest}") and not self._candidate.delete(typed.section):
            place = shown(typed.section, self.device.model)
            self.dialogue.write(f"MINOR: MGMT_CORE #224: configure {place} - Entry does not exist\n")
        if cut:
            self.dialogue.hang_up("dropped")

    def _compare(self) -> None:
        base = self._base if self._own is not None else self.device.current
        old, new = (each.root.at(self._path) or Node() for each in (base, self._candidate))
        self.dialogue.write(
            "".join(f"{line}\n" for line in compared(old, new, self.device.model, self._path))
        )

    def _target(self) -> Statements:
        """Return the configuration to commit: a private candidate is merged with the commits of others."""
        if self._own is None:
            return self._candidate
        return self.device.current.merged(self._base, self._own)

    def _validate(self) -> None:
        self.dialogue.write("".join(f"{line}\n" for line in problems_of(self.device, self._target())))

    def _commit(self, rest: str) -> None:
        if self._kind == "read-only":
            self.dialogue.write(NOT_NOW)
        elif commit(self.device, self.dialogue, self._target(), rest) and self._own is not None:
            self._base, self._own = self.device.current, self.device.current.copy()

    def _discard(self) -> None:
        if self._own is not None:
            self._base, self._own = self.device.current, self.device.current.copy()
        elif self._kind != "read-only":
            self.device.discard()

    def _rollback(self, rest: str) -> None:
        """Load the saved configuration, or an earlier one."""
        configurations = [self.device.current, *self.device.history]
        number = int(rest) if rest.isdecimal() else 0
        if rest not in ("", "startup") and not rest.isdecimal() or number >= len(configurations):
            self._refuse(TypedLine(error=f"MINOR: MGMT_CORE #2301: Invalid element value - '{rest}'"))
            return
        older = configurations[number] if rest.isdecimal() else self.device.saved
        if self._own is not None:
            self._own = older.copy()
        elif self._is_writable("rollback"):
            self.device.replace_shared(older.copy())

    def _top(self) -> None:
        self._path = ()

    def _back(self, rest: str) -> None:
        for _level in range(int(rest) if rest.isdecimal() else 1):
            if self._path:
                self._path = self._above(self._path)
            else:
                self._exit("")
                return

    def _above(self, path: Path_) -> Path_:
        """Return the path of the section around a section; its keys go with its name."""
        path = path[:-1]
        while self.device.model.kind(path) in ("keyed", "part"):
            path = path[:-1]
        return path

    def _exit(self, _rest: str) -> None:
        """Go to the operational root, which ends the mode of the implicit workflow."""
        if self._is_explicit:
            self._path, self._is_outside = (), True
        else:
            self._end()

    def _quit(self) -> None:
        if self._is_explicit and not self._is_outside:
            name = shown(self._path, self.device.model).rpartition(" ")[2] or "configure"
            text = f"MINOR: CLI #2069: Operation not allowed - 'quit-config' not allowed in '{name}'"
            self._refuse(TypedLine(error=text))
        else:
            self._end()

    def _end(self) -> None:
        """Leave the mode, after a question if that discards changes."""
        mode, write = MODES[self._kind], self.dialogue.write
        if not self._is_changed or not mode.discards:
            write(mode.left)
            write(KEPT if self._kind == "global" and self._is_changed else "")
        elif self.dialogue.ask(mode.question).strip().lower() in ("y", "yes"):
            write(mode.discarded)
        else:
            write(mode.stayed)
            return
        if self.device.confirming is self.dialogue:
            self.device.end_confirmation(keep=False)
        self._leave()

    def _pwc(self) -> None:
        words = "" if self._is_outside else f"configure {shown(self._path, self.device.model)}".rstrip()
        self.dialogue.write(f"Present Working Context:\n/{words}\n")
