# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drivers on real programs, each the login shell of an ssh host.

A missing program skips its tests; with PYCO_LAB=1 it fails them.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pyco_core.device import Device, device
from pyco_core.errors import CommandError
from pyco_core.models.settings import Settings
from pyco_core.sim import Sim

PASSWORD = secrets.token_hex(8)  # the port leads to a shell of the user who runs the tests
PATH = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"))
ROUTES = 120  # more than a page
BIRD = "router id 192.0.2.1;\nprotocol device { scan time 3600; }\nprotocol static { ipv4; %s }\n"

Login = Callable[..., Device]


def program(name: str) -> str:
    path = shutil.which(name, path=PATH)
    if path is None:
        reason = f"{name} is not installed"
        if os.environ.get("PYCO_LAB") == "1":
            pytest.fail(f"PYCO_LAB=1, but: {reason}")
        pytest.skip(reason)
    return path


@pytest.fixture
def login(tmp_path: Path) -> Iterator[Login]:
    """Return a function that logs in to a host with this program as its shell."""
    with Sim() as sim:

        def log_in(driver: str, *argv: str) -> Device:
            shell = tmp_path / "shell"
            shell.write_text(f"#!/bin/sh\nPATH='{PATH}' exec {' '.join(argv)}\n")
            shell.chmod(0o700)
            host = sim.ssh(users={"pyco": PASSWORD}, shell=str(shell))
            return device(
                f"ssh://pyco@127.0.0.1:{host.port}/{driver}",
                password=PASSWORD,
                settings=Settings(known_hosts=sim.known_hosts),
            )

        yield log_in


@pytest.fixture
def bird(tmp_path: Path) -> Iterator[str]:
    """Start a BIRD with some routes and return its control socket."""
    socket = str(tmp_path / "bird.ctl")
    routes = " ".join(f"route 10.0.{number}.0/24 blackhole;" for number in range(ROUTES))
    (tmp_path / "bird.conf").write_text(BIRD % routes)
    files = ["-c", str(tmp_path / "bird.conf"), "-s", socket, "-P", str(tmp_path / "bird.pid")]
    subprocess.run([program("bird"), *files], check=True)
    yield socket
    subprocess.run([program("birdc"), "-s", socket, "down"], check=True, stdout=subprocess.DEVNULL)


@pytest.mark.parametrize("client", ["birdc", "birdcl"])
def test_bird_runs_several_commands(login: Login, bird: str, client: str) -> None:
    with login("bird", program(client), "-s", bird) as router:
        assert router.mode == "cli"
        for _ in range(3):
            assert router("show status").splitlines()[1:] != []
            assert router("show status").endswith("Daemon is up and running")
            assert router("show protocols").splitlines()[0].split()[:3] == ["Name", "Proto", "Table"]
        assert router("configure").endswith("Reconfigured")


@pytest.mark.parametrize("client", ["birdc", "birdcl"])
def test_bird_session_continues_after_command_error(login: Login, bird: str, client: str) -> None:
    with login("bird", program(client), "-s", bird) as router:
        for wrong in ("frobnicate", "show route for nowhere", "show protocols nobody"):
            with pytest.raises(CommandError):
                router(wrong)
        assert "Router ID is 192.0.2.1" in router("show status")


@pytest.mark.parametrize("client", ["birdc", "birdcl"])
def test_bird_pager_output_is_complete(login: Login, bird: str, client: str) -> None:
    with login("bird", program(client), "-s", bird) as router:
        head, *routes = router("show route").splitlines()
        assert head == "Table master4:"
        assert {line.split()[0] for line in routes} == {f"10.0.{number}.0/24" for number in range(ROUTES)}
        assert "More" not in "".join(routes)


SHELLS = {
    "busybox": ("busybox", "sh"),
    "dash": ("dash", "-i"),
    "tcsh": ("tcsh",),
    "bash": ("bash", "--norc", "-i"),
}


@pytest.mark.parametrize(
    ("driver", "argv"),
    [("busybox", SHELLS["busybox"]), *(("freebsd", argv) for argv in SHELLS.values())],
    ids=["busybox", *(f"freebsd-{name}" for name in SHELLS)],
)
def test_shell_command_returns_output_and_status(login: Login, driver: str, argv: tuple[str, ...]) -> None:
    with login(driver, program(argv[0]), *argv[1:]) as host:
        assert host.mode == "shell"
        assert host("cd /usr && name='a b'; echo \"$PWD $name!\"") == "/usr a b!"
        assert host("printf 'no end'") == "no end"
        assert host('echo "$PWD" \'$?\' "\\\\"') == "/usr $? \\"
        assert host(f"printf %s {'x' * 3000}") == "x" * 3000
        for wrong, status in (("false", 1), ("(exit 37)", 37), ("/no/such/program", 127), ("if fi", 2)):
            with pytest.raises(CommandError, match=f"status {status}"):
                host(wrong)
        assert host("true").status == 0


def test_python_prompt_works_with_common_driver(login: Login) -> None:
    with login("common", program("python3"), "-q", "-i") as python:
        assert python("1 + 1") == "2"
        assert python("name = 'pyco'") == ""
        assert python("print(name, 'and on', sep='\\n')") == "pyco\nand on"
        assert python("[n for n in range(3)]") == "[0, 1, 2]"


def test_sqlite_prompt_works_with_common_driver(login: Login) -> None:
    with login("common", program("sqlite3"), ":memory:") as database:
        assert database("create table host (name text, port int);") == ""
        assert database("insert into host values ('r1', 22), ('r2', 23);") == ""
        assert database("select name, port from host order by port;") == "r1|22\nr2|23"
