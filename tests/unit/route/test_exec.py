# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Routes with programs: on this machine, and typed into a hop."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pyco_core.device import device
from pyco_core.driver.compiler import load
from pyco_core.errors import (
    ClientMissing,
    ClosedBeforeLogin,
    ConnectTimedOut,
    InvalidParameter,
    NameNotResolved,
    PermissionDenied,
    PycoError,
    SessionClosed,
)
from pyco_core.models.endpoint import Endpoint, parse_url
from pyco_core.models.secret import Secret
from pyco_core.models.settings import Settings
from pyco_core.route.client_command import client_command, needs_command
from pyco_core.route.plan import Method
from pyco_core.session.window import window_size
from pyco_core.sim import Sim
from pyco_core.transport.outages import Outages
from tests.unit.route.helpers import (
    BASTION,
    PASSWORD,
    connected,
    connection_to,
    endpoint_of,
    router,
    send_command,
)
from tests.unit.route.test_plan import methods

SHELL = Endpoint(protocol="exec", command="sh", driver="linux")
SETTINGS = Settings(connect_timeout=20, command_timeout=20)


def refused(url: str, *hops: str, driver: str = "linux", **parts: str) -> PycoError:
    """Return the error of a login."""
    with pytest.raises(PycoError) as caught:
        device(url, settings=SETTINGS, driver=driver, **parts).via(hops).connect()
    return caught.value


def test_program_is_process_as_first_login_and_typed_as_later_one() -> None:
    assert methods(SHELL) == [(Method.PROCESS,)]
    assert methods(SHELL, BASTION) == [(Method.PROCESS,), (Method.SHELL,)]
    assert methods(BASTION, SHELL, forward="always") == [(Method.DIRECT,), (Method.SHELL,)]
    assert methods(SHELL, SHELL, SHELL) == [(Method.PROCESS,), (Method.SHELL,), (Method.SHELL,)]


def test_program_behind_hop_is_typed_as_it_is() -> None:
    endpoint = parse_url("exec://telnet 10.0.0.1 /vrf 'mgmt' | x")
    for name in ("cisco_ios", "console_server"):
        assert needs_command(load(name), endpoint)
        assert client_command(load(name), endpoint, SETTINGS) == "telnet 10.0.0.1 /vrf 'mgmt' | x"


def test_shells_of_three_programs_are_nested_and_left() -> None:
    with device("exec://dash", settings=SETTINGS, driver="linux").via(
        ["exec://sh", "exec://env NAME=x sh"]
    ) as r1:
        assert r1("echo $NAME; ps -o comm= $$") == "x\ndash"
        assert r1.route == ("exec://sh", "exec://env NAME=x sh", "exec://dash")
        assert r1("echo $0").status == 0


def test_network_device_is_behind_local_program(sim: Sim) -> None:
    host = sim.telnet(router("r1"))
    connection = connected(connection_to(sim, SHELL, endpoint_of(host)))
    assert "UTC" in send_command(connection, "show clock")
    connection.close()
    assert host.endings() == ["exit"]


def test_program_behind_ssh_hop_is_typed_into_its_shell(sim: Sim) -> None:
    hop = endpoint_of(sim.ssh(router("r1"), users={"demo": PASSWORD}))
    login = Endpoint(protocol="exec", command="show clock", driver="cisco_ios")
    with pytest.raises(ClosedBeforeLogin) as caught:
        connected(connection_to(sim, hop, login))
    assert str(caught.value).startswith("hop 2 of 2 (show clock): The program ended before a prompt: ")
    assert "UTC" in caught.value.message


def test_getty_on_serial_line_gets_user_and_password(tmp_path: Path) -> None:
    getty = tmp_path / "getty"
    getty.write_text(
        "#!/bin/sh\nread -r line\nprintf 'host login: '; read -r user; stty -echo; printf 'Password: '\n"
        "read -r password; stty echo; echo\n"
        '[ "$user $password" = "ops s3cret" ] || { echo "Login incorrect"; sleep 1; exit 1; }\nexec sh -i\n'
    )
    getty.chmod(0o700)
    with device(f"exec://ops:s3cret@{getty}", settings=SETTINGS, driver="linux") as host:
        assert host("echo here") == "here"
    error = refused(f"exec://ops:wr0ng@{getty}")
    assert isinstance(error, PermissionDenied)
    assert "wr0ng" not in str(error)


@pytest.mark.parametrize(
    ("command", "error", "message"),
    [
        (
            "sh -c 'echo no such namespace.; exit 7'",
            ClosedBeforeLogin,
            "status 7 before a prompt: no such namespace",
        ),
        ("true", ClosedBeforeLogin, "The program ended with status 0 before a prompt."),
        ("no-such-program", ClientMissing, "The {} no-such-program"),
        ("ssh nowhere.invalid", NameNotResolved, "{} cannot resolve the host name."),
    ],
)
@pytest.mark.parametrize("hops", [(), ("exec://sh",)])
def test_program_that_ends_is_an_error_at_its_hop(
    command: str,
    error: type[PycoError],
    message: str,
    hops: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    ssh = tmp_path / "ssh"
    ssh.write_text("#!/bin/sh\necho 'ssh: Could not resolve hostname nowhere.invalid'; exit 255\n")
    ssh.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    caught = refused(f"exec://{command}", *hops)
    assert type(caught) is error
    assert (caught.hop, caught.endpoint) == (len(hops) + 1, command)
    subject = ("This machine", "program") if not hops else ("The previous hop", "previous hop cannot run")
    assert message.format(subject[error is ClientMissing]) in caught.message


def test_missing_client_of_program_is_named() -> None:
    error = refused("exec://ssh r1", "exec://env PATH=/nowhere /bin/sh")
    assert isinstance(error, ClientMissing)
    assert error.message == "The previous hop has no ssh client."


def test_end_of_program_during_command_has_status() -> None:
    with (
        device("exec://sh", settings=SETTINGS, driver="linux") as host,
        pytest.raises(SessionClosed) as caught,
    ):
        host("kill -9 $$")
    assert caught.value.message == "The program was ended by SIGKILL during 'kill -9 $$'."
    assert caught.value.hint == "Start the program by hand to see why."


def test_silent_program_is_an_error_with_hint() -> None:
    with pytest.raises(ConnectTimedOut) as caught:
        device("exec://sleep 60", settings=Settings(connect_timeout=1), driver="linux").connect()
    assert caught.value.hint.startswith("Check the command and the line.")


def test_invalid_command_is_an_error_before_login() -> None:
    assert isinstance(refused("exec://'sh"), InvalidParameter)


def test_lines_to_program_are_not_sent_together(sim: Sim) -> None:
    connection = connected(connection_to(sim, SHELL))
    assert connection.session is not None
    assert window_size(connection.session, 1000) == 0
    connection.close()


def test_next_route_is_tried_if_program_ends(sim: Sim) -> None:
    host = sim.telnet(router("r1"))
    routes = (replace(SHELL, command="false"),), ()
    r1 = device(endpoint_of(host), settings=SETTINGS, routes=routes)
    with r1:
        assert "UTC" in r1("show clock")
    assert len(r1.route) == 1


def test_outage_of_program_does_not_count_for_others() -> None:
    outages = Outages()
    outages.add(SHELL)
    assert outages.has(SHELL)
    assert not outages.has(replace(SHELL, command="dash"))
    assert [(outage.host, outage.port) for outage in outages.status()] == [("sh", 0)]


def test_transcript_of_program_is_named_after_its_command(tmp_path: Path) -> None:
    settings = Settings(connect_timeout=20, transcript=str(tmp_path))
    with device("exec:///bin/sh", settings=settings, driver="linux", password=Secret("s3cret")) as host:
        host("echo s3cret")
    [file] = tmp_path.iterdir()
    assert file.name == "_bin_sh.log"
    assert "s3cret" not in file.read_text()
