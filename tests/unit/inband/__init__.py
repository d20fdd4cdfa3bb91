# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
