# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines that are typed before the answers to the ones in front of them have come."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..models.command import Command
from ..models.lines import Lines
from .session import Session

_WORDS = 2  # of a line that tell its kind
# Lines of which the second word is free text.
_TEXTS = frozenset({"description", "remark", "name", "alias", "username", "hostname", "password", "comment"})


@dataclass(slots=True)
class Window:
    """Decides which lines may follow one that has no answer yet.

    A kind of line is known when one of it has left the prompt as it was, or has left a section. Others may
    ask a question, enter a section or fail to do so: nothing is typed behind them.

    size: bytes; 0 for one line at a time.
    """

    session: Session
    lines: Lines
    size: int
    _known: set[tuple[str, ...]] = field(default_factory=set)

    def end(self, place: int) -> int:
        """Return the place behind the last line that may be typed together with the one at this place."""
        end, size = place + 1, self._bytes(place)
        while end < len(self.lines.commands) and self._lets_follow(end - 1):
            size += self._bytes(end)
            if size > self.size or not self._is_plain(end):
                break
            end += 1
        return end

    def learn(self, place: int) -> None:
        """Keep the kind of a line whose prompt was the expected one."""
        if self.size and not self._enters(place):
            self._known.add(self._kind(place))

    def close(self) -> None:
        """Wait for the answer of each line from now on."""
        self.size = 0

    def _lets_follow(self, place: int) -> bool:
        is_known = self._is_plain(place) and not self._enters(place)
        return bool(self.size) and is_known and self._kind(place) in self._known

    def _is_plain(self, place: int) -> bool:
        command = self.lines.commands[place]
        is_checked = bool(self.lines.depths) and self.lines.depths[place] >= 0
        return is_checked and command == Command(command.text) and self._is_short(command.text)

    def _is_short(self, text: str) -> bool:
        """Return True for a line that does not change the name in the prompt and is not typed in parts."""
        driver = self.session.driver
        renames = driver.renames is not None and driver.renames.search(text) is not None
        return text.isprintable() and not renames and not (driver.long.size and len(text) > driver.long.size)

    def _enters(self, place: int) -> bool:
        """Return True if a line enters a section; the first line of a request may."""
        depths = self.lines.depths
        return not depths or depths[place] > (
            depths[place - 1] if place else max(0, len(self.lines.prompts) - 1)
        )

    def _kind(self, place: int) -> tuple[str, ...]:
        """Return the first words of a line without values, and its section."""
        words = self.lines.commands[place].text.split()
        names = [word for word in words[: _WORDS + 1] if not any(map(str.isdigit, word))][:_WORDS]
        count = 1 if words and words[0] in _TEXTS else _WORDS
        return (str(self.lines.depths[place]), *names[:count])

    def _bytes(self, place: int) -> int:
        return len(self.lines.commands[place].text.encode()) + 2


def window_size(session: Session, size: int) -> int:
    """Return the bytes that may be on their way to the device: 0 on a console, which may lose some.

    A console is behind a console server, is reached by a program or by telnet on an unusual port, or was
    silent until the login typed a line end. A device that draws refused lines again is not fast enough
    either.
    """
    endpoint, parent = session.endpoint, session.parent
    is_console = (
        (parent is not None and parent.driver.connect.wake)
        or (endpoint.protocol != "ssh" and not endpoint.is_usual_port)
        or session.channel.ends.has_woken
    )
    return 0 if is_console or session.driver.settle or session.learner is not None else size
