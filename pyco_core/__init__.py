# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""pyco_core drives the command line of network devices and Linux hosts over chains of ssh and telnet hops."""

from .device import Device, device, path
from .endpoint import Endpoint, Secret, Settings, parse_url
from .errors import PycoError
from .reply import Reply

__all__ = ["Device", "Endpoint", "PycoError", "Reply", "Secret", "Settings", "device", "parse_url", "path"]
