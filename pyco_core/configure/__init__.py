# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration of a device: parse, compare, plan, push."""
