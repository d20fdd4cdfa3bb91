# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts that clients keep with a login, so that the next client on the same session finds them."""

from __future__ import annotations

from itertools import count

_numbers = count(1)


class Notes(dict[str, str]):
    """The texts by name. They end with the login.

    login: number of the login in this process, never 0.
    """

    def __init__(self) -> None:
        super().__init__()
        self.login = next(_numbers)
