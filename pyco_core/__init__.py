# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drive the command line of network devices and Linux hosts over chains of ssh and telnet hops.

`from pyco_core.device import device, path` is the way in. The names below are data and errors; they import
nothing that opens connections.
"""

from .errors import PycoError
from .models.command import Command
from .models.endpoint import Endpoint, parse_url
from .models.reply import Reply
from .models.secret import Secret
from .models.settings import Settings

__all__ = ["Command", "Endpoint", "PycoError", "Reply", "Secret", "Settings", "parse_url"]
