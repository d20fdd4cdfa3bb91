# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a driver says about the configuration of its platform, and the mode that shows it."""

from __future__ import annotations

import re

from ..errors import ConfigureError
from ..models.configure import Configure
from ..models.console import Console
from .tree import Syntax


def configuration_of(console: Console) -> Configure:
    """Return the commands that configure a platform. Logs in. Raises ConfigureError if there are none."""
    console.connect()
    how = console.driver.configure
    if how is None or not how.mode:
        raise ConfigureError(
            f"The driver {console.driver.name} does not describe how to configure the platform.",
            hint="Add the keys below `configure` to the driver.",
            reached=True,
        )
    return how


def syntax_of(how: Configure) -> Syntax:
    """Return the form of a platform's configuration."""
    several = tuple(re.compile(text) for text in how.several)
    return Syntax(how.kind, how.negate, how.collapse, several, how.root)


def enter_base(console: Console) -> None:
    """Enter the mode in which the configuration is shown. Raises PycoError."""
    mode = console.driver.become_mode or console.home
    if console.driver.network and mode:
        console.enter(mode)
