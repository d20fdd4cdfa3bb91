# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real daemons in network namespaces of one machine, for the integration tests and for trying by hand."""
