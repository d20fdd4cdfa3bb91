# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real Ansible against the lab's real daemons."""
