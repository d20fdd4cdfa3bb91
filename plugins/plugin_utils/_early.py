# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every task needs, loaded once for all of them.

Ansible forks a process for each task on each host, and loads the action plugin before it does so.
What is loaded with the action plugin is there in all the forks; without that each fork compiles the
plugins anew, since Ansible's loader of collections keeps no bytecode, and parses the documentation
of their options: some 30 ms of CPU for each task on each host.
"""

from __future__ import annotations

from ansible.plugins.loader import connection_loader, lookup_loader


def load() -> None:
    """Load the connection plugin and the lookup plugin, and the definitions of their options."""
    connection_loader.get("pyco.cli.pyco", class_only=True)
    lookup_loader.get("pyco.cli.via", class_only=True)
