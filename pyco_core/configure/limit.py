# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command that begins a time limit, after which the device takes a change back."""

from __future__ import annotations

from ..errors import ConfigureError, InvalidParameter
from ..models.checks import LONGEST
from ..models.configure import Configure

PREPARE = (
    "Prepare the device for it (on IOS by `archive` with a `path`), or leave out `confirm` "
    "(`restore_confirm: 0` of the role restore)."
)


def check_limit(limit: float) -> None:
    """Raise InvalidParameter if a time limit is not 0 to LONGEST seconds."""
    if not 0 <= limit <= LONGEST:
        raise InvalidParameter(
            f"confirm: expected 0 to {LONGEST:.0f} seconds, got {limit:g}.", hint="0 sets no time limit."
        )


def limit_command(how: Configure, limit: float) -> str:
    """Return the command, "" without a limit. limit: in seconds. Raises ConfigureError if there is none."""
    if not limit:
        return ""
    command = how.arm or how.confirm
    if not command:
        raise ConfigureError(
            "The platform cannot take changes back by itself: confirm is not possible.",
            hint=f"Leave out `confirm`. {_instead(how)}".strip(),
            reached=True,
        )
    seconds = int(limit)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return command.format(minutes=max(1, -(-seconds // 60)), seconds=seconds, clock=clock)


def _instead(how: Configure) -> str:
    """Return a sentence about the protection that the platform has without a time limit, "" for none."""
    if how.safe or how.checkpoint or how.commit or how.negate:
        return "With `on_error: rollback` a refused line still undoes those before it."
    return ""
