# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A home for every test, and brokers in processes of their own."""

from __future__ import annotations

from tests.unit.broker.conftest import home, processes, remote

__all__ = ["home", "processes", "remote"]
