# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulated devices that hold a configuration and carry out the commands of their platform on it.

They are written from the descriptions of the vendors, which each module names, and share nothing with the
client side.
"""

from __future__ import annotations

from .device import SimulatedDevice
from .kinds import make_device

__all__ = ["SimulatedDevice", "make_device"]
