# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plugins that are loaded before Ansible forks.

Ansible loads the action plugin, and then forks a process for each task on each host. Modules that are loaded
before the fork are inherited. Otherwise each fork compiles the plugins again, because Ansible's loader of
collections writes no bytecode, and parses the documentation of their options: 30 ms per task and host.
"""

from __future__ import annotations

from ansible.plugins.loader import connection_loader, lookup_loader


def load() -> None:
    """Load the connection plugin, the lookup plugin and the definitions of their options."""
    connection_loader.get("pyco.cli.pyco", class_only=True)
    lookup_loader.get("pyco.cli.via", class_only=True)
