# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real daemons in network namespaces of one machine, for integration tests and manual trials."""
