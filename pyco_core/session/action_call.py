# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The call of an action of a driver, whose code may be the user's own."""

from __future__ import annotations

from collections.abc import Callable

from ..driver import plugins
from ..driver.actions import Login
from ..driver.model import Driver
from ..errors import InvalidDriver, PycoError
from ..fsm.machine import Action
from ..transport.base import Closed, TimedOut


def call_action(driver: Driver, login: Login, action: Action, mask: Callable[[str], str]) -> None:
    """Call an action for a login.

    mask: replaces secrets, which an exception of the action's code may quote.

    Raises InvalidDriver, with the line that failed, if the code is wrong. The action's own errors, Closed and
    TimedOut pass.
    """
    function = driver.actions[action.name]
    try:
        function(login, action.argument)
    except (PycoError, Closed, TimedOut):
        raise
    except Exception as exc:  # any error in the code of a driver's author
        text = mask(plugins.located(exc, function.__code__.co_filename))
        raise InvalidDriver(f"{text} It was raised by the action {action.name!r}.") from exc
