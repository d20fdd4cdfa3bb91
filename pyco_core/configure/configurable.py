# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The method of a device that changes its configuration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..models.command import Command

if TYPE_CHECKING:
    from .change import Change


class Configurable:
    """The configuration of a device. Device and RemoteDevice inherit from it."""

    def configure(
        self: Any,
        text: str | Sequence[str],
        *,
        on_error: str = "rollback",
        comment: str = "",
        confirm: float = 0.0,
        questions: Mapping[str, Command] | None = None,
        **parts: Any,
    ) -> Change:
        """Return the change that leads to these lines of configuration. `apply` types it.

        text: lines, or a list of them. parts: fields of Request, such as `parents`, `match` and `replace`.
        on_error, comment, confirm, questions: see Options.

        >>> change = r1.configure(["description uplink"], parents=["interface eth0"])
        >>> print(change)
        >>> change.apply()

        Raises InvalidParameter, ConfigureError, PycoError.
        """
        from .change import plan_change  # most programs and tasks do not need its regular expressions

        options = {"on_error": on_error, "comment": comment, "confirm": confirm, "questions": questions or {}}
        return plan_change(self, text, parts, options)
