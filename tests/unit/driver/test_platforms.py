# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The search for the driver of an `ansible_network_os`."""

from __future__ import annotations

from pathlib import Path

import pytest

from pyco_core.driver import reader
from pyco_core.driver.platforms import for_network_os
from pyco_core.errors import DriverNotFound, InvalidDriver


def write_driver(folder: Path, text: str, name: str = "acme") -> None:
    (folder / f"{name}.yml").write_text(text, "utf-8")


def test_driver_is_found_by_network_os() -> None:
    assert for_network_os("cisco.ios.ios") == for_network_os("ios") == "cisco_ios"
    assert for_network_os("frr.frr.frr") == "frr"
    assert for_network_os("linux") == "linux"
    assert for_network_os("eos") == for_network_os("arista.eos") == "arista_eos"
    assert for_network_os("cisco_xr") == "cisco_xr"


@pytest.mark.parametrize("network_os", ["", "acme.os.os", "cisco", "parent"])
def test_unlisted_network_os_is_an_error(network_os: str) -> None:
    with pytest.raises(DriverNotFound, match=f"^no driver is for the platform '{network_os}'"):
        for_network_os(network_os)


def test_users_driver_for_network_os_comes_first(tmp_path: Path) -> None:
    write_driver(tmp_path, "parent: cisco_ios\nnetwork_os: ios\n")
    assert for_network_os("ios", (str(tmp_path),)) == "acme"
    assert for_network_os("cisco.ios.ios", (str(tmp_path),)) == "cisco_ios"


def test_users_file_with_built_in_name_keeps_its_network_os(tmp_path: Path) -> None:
    write_driver(tmp_path, "parent: cisco_ios\nnetwork_os:\ndescription: my ios\n", "cisco_ios")
    assert for_network_os("ios", (str(tmp_path),)) == "cisco_ios"


def test_only_files_that_contain_the_network_os_are_parsed(tmp_path: Path) -> None:
    write_driver(tmp_path, "this: is wrong\n")
    assert for_network_os("ios", (str(tmp_path),)) == "cisco_ios"
    write_driver(tmp_path, "this: is wrong for ios\n")
    with pytest.raises(InvalidDriver):
        for_network_os("ios", (str(tmp_path),))


@pytest.mark.parametrize(
    "text",
    [
        "network_os: [acme.os.os, os]\nmodes:\n",
        "network_os:\n- acme.os.os\n\n# short\n- os\ndescription: x\n",
        "network_os:\n  - acme.os.os\n  - os\n",
        "network_os: [acme.os.os,\n  os]",
        "{network_os: [acme.os.os, os]}",
        "aliases: &names [acme.os.os, os]\nnetwork_os: *names\n",
        "network_os: [acme.os.os,\nos]\n",
    ],
    ids=["flow", "block", "indented", "end-of-file", "flow-mapping", "alias", "continued"],
)
def test_list_is_read_in_each_form_of_yaml(tmp_path: Path, text: str) -> None:
    write_driver(tmp_path, text)
    assert reader.listed(str(tmp_path / "acme.yml"), "network_os") == ("acme.os.os", "os")


def test_network_os_is_found_without_reading_the_whole_file(tmp_path: Path) -> None:
    write_driver(tmp_path, "network_os: [acme.os.os]\nno: key of a driver\n")
    assert for_network_os("acme.os.os", (str(tmp_path),)) == "acme"


def test_wrong_list_is_an_error_with_its_line(tmp_path: Path) -> None:
    write_driver(tmp_path, "description: x\nnetwork_os: {acme.os.os: 1}\n")
    with pytest.raises(InvalidDriver, match=r"acme\.yml:2: network_os"):
        for_network_os("acme.os.os", (str(tmp_path),))
