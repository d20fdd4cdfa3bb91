# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The search for the driver of an `ansible_network_os`, without the compiler: every task makes it."""

from __future__ import annotations

from ..errors import DriverNotFound, suggestion
from ..models.secret import shown
from . import files, reader


def for_network_os(network_os: str, driver_path: tuple[str, ...] = ()) -> str:
    """Return the name of the driver for this `ansible_network_os`.

    A driver lists the names, as `arista.eos.eos`. The last part (`eos`) or the first parts (`arista.eos`) of
    one are enough if they belong to one driver, and so is a name of the driver. A file that hides a built-in
    driver of its name need not repeat the values that the built-in one lists.
    Raises DriverNotFound with similar names, and InvalidDriver.
    """
    folders = files.folders(driver_path)
    entries = list(files.entries(folders))
    similar: set[str] = set()
    for name, file in entries:
        for value in reader.listed(file, "network_os") if reader.may_contain(file, network_os) else ():
            if value == network_os:
                return name
            if value.endswith(f".{network_os}") or value.startswith(f"{network_os}."):
                similar.add(name)
    if len(similar) == 1:
        return similar.pop()
    try:
        files.find(network_os, folders)
    except DriverNotFound:
        values = [value for _name, file in entries for value in reader.listed(file, "network_os")]
        hint = suggestion(network_os, [*values, *files.names(folders)])
        raise DriverNotFound(f"no driver is for the platform {shown(network_os)}.", hint=hint) from None
    return network_os
