# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A resident Python on the target that runs Ansible modules without starting an interpreter for each."""
