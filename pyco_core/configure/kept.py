# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines that were to stay in a full replacement, and that the device has lost."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..errors import ConfigureError
from .compare import Step
from .node import Node


def check_kept(before: Node, left: Iterable[Step], mask: Callable[[str], str]) -> None:
    """Raise ConfigureError if a line that the device still needs was in its earlier configuration.

    A line that it did not have may be a default, or be shown in another form.
    """
    had = {Step(node.text, tuple(parent.text for parent in parents)) for parents, node in before.walk()}
    lost = [step for step in left if step in had]
    if lost:
        others = f" and {len(lost) - 1} more" if lost[1:] else ""
        raise ConfigureError(
            f"The device has lost {mask(lost[0].text)!r}{others}, which was to stay in the full replacement.",
            hint="Compare its running configuration with the intended one, and type what is missing.",
            reached=True,
        )
