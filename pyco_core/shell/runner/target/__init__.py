# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program of the runner on the target. Its modules are sent as one source, see `runner.program`.

They run on any Python from 3.6 on: no syntax that is newer, apart from annotations, which are removed before.
Top-level names are unique in this package.
"""
