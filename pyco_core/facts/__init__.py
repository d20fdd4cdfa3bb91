# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts of devices in one schema, from the outputs of their commands."""
