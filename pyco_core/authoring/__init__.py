# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tools for driver authors: draft a driver from a device, record a tape, explain a match, list drivers."""
