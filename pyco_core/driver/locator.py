# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Error messages that name the file, line and key of a driver's definition."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ..errors import DriverError, InvalidDriver, suggestion
from .schema import Section


@dataclass(frozen=True, slots=True)
class Locator:
    """Builds the errors of one driver. file: named for a section without a location."""

    file: str

    def error(self, section: Section, key: str, problem: str, hint: str = "") -> InvalidDriver:
        """Return the error for a key of a section."""
        return InvalidDriver(f"{section.place(key, self.file)}: {problem}", hint=hint)

    def unknown(
        self, section: Section, key: str, kind: str, name: str, valid: Collection[str]
    ) -> InvalidDriver:
        """Return the error for a name that is not valid, with a hint about similar names.

        kind: the noun for the names, as `mode`. valid: the names to suggest.
        """
        return self.error(section, key, f"unknown {kind} {name!r}.", suggestion(name, valid))

    @contextmanager
    def at(self, section: Section, key: str) -> Iterator[None]:
        """Prefix the message of a DriverError with the location of a key."""
        try:
            yield
        except DriverError as exc:
            raise type(exc)(f"{section.place(key, self.file)}: {exc.message}", hint=exc.hint) from exc
