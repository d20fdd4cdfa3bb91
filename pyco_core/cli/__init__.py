# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands of `pyco`, one module each. They add arguments and call code of other layers.

A module has `add_arguments(parser)` and `run(options)`, which returns the exit status and may raise
PycoError. Each argument has a help text; arguments that several commands share are in `options`, `login`
and `output`.
"""
