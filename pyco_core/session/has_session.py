# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of a session that may not be open."""

from __future__ import annotations

from abc import abstractmethod

from ..fsm.machine import Step
from ..fsm.matcher import Pattern
from .session import Session


class HasSession:
    """The facts of the session of a device, its base class."""

    @property
    def mode(self) -> str:
        """Return the current mode, "" if not connected."""
        session = self._session
        return session.mode if session else ""

    @property
    def home(self) -> str:
        """Return the mode that the login ended in, "" if not connected."""
        session = self._session
        return session.home if session else ""

    @property
    def hostname(self) -> str:
        """Return the name in the prompt, "" if not connected or if the prompt has none."""
        session = self._session
        return session.hostname if session else ""

    @property
    def prompt_line(self) -> str:
        """Return the last prompt as the device showed it, "" if not connected."""
        session = self._session
        return session.channel.prompt_line() if session else ""

    @property
    def connected(self) -> bool:
        """Return True if a session is open that accepts commands."""
        session = self._session
        return session is not None and not session.closed_reason

    def reset(self) -> bool:
        """Close the session, so that the next use logs in anew; return False if none was open."""
        was_open = self.connected
        self.close()
        return was_open

    @property
    def prompt(self) -> str:
        """Return the learned prompt as it is now; "" if the driver describes its prompts."""
        session = self._session
        return session.prompt if session else ""

    @property
    def prompts(self) -> tuple[Pattern, ...]:
        """Return the patterns of the learned prompts, () if the driver describes its prompts."""
        session = self._session
        return session.learned_prompts if session else ()

    @property
    def trace(self) -> tuple[Step, ...]:
        """Return the last steps of the machine as (event, from, to), () if not connected."""
        session = self._session
        return session.trace if session else ()

    @property
    def _occupied(self) -> Session | None:
        """Return the session if a program that runs others has its terminal, None otherwise."""
        session = self._session
        return session if session is not None and session.is_occupied else None

    @property
    @abstractmethod
    def _session(self) -> Session | None:
        """Return the session, None if there is none."""

    @abstractmethod
    def close(self) -> None:
        """Log out of the device. Never raises."""
