# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parsers of a command's output. They run in the process of their caller, never in the broker."""
