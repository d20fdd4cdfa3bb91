# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure, AnsibleError
from ansible_collections.pyco.cli.plugins.plugin_utils import _core, _ping

from pyco_core.sim import Host, Sim

TAPE = "tests/tapes/cisco_ios/c2900_demo.yml"


@pytest.fixture
def router(sim: Sim) -> Host:
    return sim.telnet(TAPE)


@pytest.fixture
def variables(router: Host) -> dict[str, Any]:
    return {
        "inventory_hostname": "r1",
        "ansible_host": router.address,
        "ansible_port": router.port,
        "ansible_user": "demo",
        "ansible_password": "demo-login",
        "ansible_become_password": "demo-enable",
        "ansible_pyco_protocol": "telnet",
        "ansible_network_os": "cisco.ios.ios",
    }


def test_raw_sends_command_unchanged(
    connect: Callable[..., Any], router: Host, variables: dict[str, Any]
) -> None:
    status, output, error = connect(**variables).exec_command("show clock")
    assert (status, output, error) == (0, b"*08:30:12.417 UTC Mon Mar 3 2025", b"")
    assert router.commands[-1] == "show clock"


def test_raw_returns_status_1_and_device_error_for_refused_command(
    connect: Callable[..., Any], variables: dict[str, Any]
) -> None:
    connection = connect(**variables)
    status, output, error = connection.exec_command("show nonsense")
    assert status == 1
    assert b"% Invalid input detected" in output
    assert b"The device refused 'show nonsense': % Invalid input detected" in error
    assert connection.exec_command("show clock")[0] == 0


@pytest.mark.parametrize("method", ["ansible.builtin.sudo", "ansible.builtin.su", "pyco.cli.enable"])
def test_become_on_network_device_enters_enable_mode_with_any_method(
    connect: Callable[..., Any],
    become: Callable[..., Any],
    router: Host,
    variables: dict[str, Any],
    method: str,
) -> None:
    connection = connect(become(method), **variables)
    command = connection.become.build_become_command("show clock", connection._shell)
    assert command == "show clock"
    assert connection.exec_command(command)[0] == 0
    assert connection.login.console().mode == "enable"
    assert "enable" in router.commands
    assert not [line for line in router.commands if "su" in line.split()[:1] or "sudo" in line]


def test_password_of_become_plugin_overrides_the_variable(
    connect: Callable[..., Any], become: Callable[..., Any], variables: dict[str, Any]
) -> None:
    variables["ansible_become_password"] = "wrong"
    plugin = become("ansible.builtin.sudo")
    connection = connect(plugin, **variables)
    plugin.set_options(direct={"become_pass": "demo-enable"})
    assert connection.login.enter().mode == "enable"


def test_session_without_become_returns_to_login_mode(
    connect: Callable[..., Any], become: Callable[..., Any], variables: dict[str, Any]
) -> None:
    connection = connect(become("ansible.builtin.sudo"), **variables)
    assert connection.login.enter().mode == "enable"
    connection.set_become_plugin(None)
    assert connection.login.enter().mode == "user"
    assert connection.login.enter("enable").mode == "enable"


def test_become_without_become_mode_of_driver_is_an_error(
    connect: Callable[..., Any], become: Callable[..., Any], variables: dict[str, Any]
) -> None:
    del variables["ansible_network_os"]
    connection = connect(become("ansible.builtin.sudo"), **variables)
    with pytest.raises(AnsibleError) as caught:
        connection.exec_command("show clock")
    message = f"{connection.login.target}: The driver common has no mode for become. Remove become,"
    assert str(caught.value).startswith(message)
    assert not isinstance(caught.value, AnsibleConnectionFailure)


def test_failure_before_the_prompt_is_unreachable(
    connect: Callable[..., Any], variables: dict[str, Any]
) -> None:
    connection = connect(**{**variables, "ansible_password": "wr0ng-pa55"})
    with pytest.raises(AnsibleConnectionFailure) as caught:
        connection.exec_command("show clock")
    assert "wr0ng-pa55" not in str(caught.value)
    assert str(caught.value).count(connection.login.target) == 1
    assert str(caught.value).endswith("Variable: ansible_password.")
    assert not connection.connected


def test_failure_after_the_prompt_is_failed_with_details(
    connect: Callable[..., Any], become: Callable[..., Any], variables: dict[str, Any]
) -> None:
    variables["ansible_become_password"] = "wr0ng-pa55"
    connection = connect(become("ansible.builtin.sudo"), **variables)
    with pytest.raises(AnsibleActionFail) as caught:
        connection.exec_command("show clock")
    facts: Any = caught.value.result["pyco"]
    assert facts["error"] == "ModeError"
    assert facts["device"] == connection.login.target
    assert "wr0ng-pa55" not in repr(caught.value.result) + str(caught.value)


def test_commands_share_one_login_until_close(
    connect: Callable[..., Any], router: Host, variables: dict[str, Any]
) -> None:
    connection = connect(**variables)
    connection.exec_command("show clock")
    connection.exec_command("show users")
    assert connection.connected
    assert len(router.sessions) == 1
    connection.close()
    assert not connection.connected
    assert router.endings() == ["exit"]
    connection.close()


def test_reset_closes_session_and_next_command_reconnects(
    connect: Callable[..., Any], router: Host, variables: dict[str, Any]
) -> None:
    connection = connect(**variables)
    connection.exec_command("show clock")
    connection.reset()
    assert router.endings() == ["exit"]
    assert connection.exec_command("show clock")[0] == 0
    assert len(router.sessions) == 2


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"ansible_pyco_hops": ["gopher://r1"]}, "gopher"),
        ({"ansible_pyco_url": "telnet://{{ missing }}"}, "URL cannot be read"),
        ({"ansible_pyco_forward": "sometimes"}, "sometimes"),
    ],
)
def test_reset_with_wrong_option_is_warning_with_host_and_reason(
    connect: Callable[..., Any],
    variables: dict[str, Any],
    capsys: pytest.CaptureFixture[str],
    wrong: dict[str, Any],
    reason: str,
) -> None:
    connect(**{**variables, **wrong}).reset()  # an error would end the play for all hosts
    warning = " ".join(capsys.readouterr().err.split())
    assert "reset_connection did not close the session of r1: " in warning
    assert reason in warning


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (
            {"ansible_pyco_hops": {"host": {"x": "s3cret"}}},
            "Hop 1 of ansible_pyco_hops: host: expected a string",
        ),
        ({"ansible_pyco_hops": [["s3cret"]]}, "Hop 1 of ansible_pyco_hops: expected a URL or a dictionary"),
        (
            {"ansible_pyco_hops": [{"host": "u:s3cret@b"}]},
            "Hop 1 of ansible_pyco_hops: The host is not a host name",
        ),
        ({"ansible_host": "telnet://u:s3cret@b"}, "The target: The host is not a host name"),
        ({"ansible_password": ["s3cret"]}, "password: expected a string, got a list"),
        ({"ansible_become_password": {"x": "s3cret"}}, "become_password: expected a string, got a dict"),
        ({"ansible_private_key_passphrase": ["s3cret"]}, "private_key_passphrase: expected a string"),
        ({"ansible_pyco_url": {"x": "s3cret"}}, "url: expected a string, got a dictionary"),
    ],
)
def test_error_of_option_with_wrong_type_does_not_repeat_secret(
    connect: Callable[..., Any], variables: dict[str, Any], wrong: dict[str, Any], reason: str
) -> None:
    with pytest.raises(AnsibleError) as caught:
        connect(**{**variables, **wrong}).exec_command("show clock")
    assert reason in str(caught.value)
    assert "s3cret" not in f"{caught.value!r} {caught.value.__cause__!r}"


def test_option_with_invalid_value_is_error_of_first_use(
    connect: Callable[..., Any], variables: dict[str, Any]
) -> None:
    connection = connect(**{**variables, "ansible_pyco_forward": "sometimes"})
    with pytest.raises(AnsibleError, match="sometimes"):
        connection.exec_command("show clock")
    connection.set_options(var_options={**variables, "ansible_pyco_persist": 0})
    assert connection.exec_command("show clock")[0] == 0


def test_connection_does_not_use_persistent_process_of_ansible(connect: Callable[..., Any]) -> None:
    connection = connect()
    assert not connection.supports_persistence
    assert not connection.force_persistence


def test_module_on_network_device_is_an_error(
    connect: Callable[..., Any], router: Host, variables: dict[str, Any]
) -> None:
    with pytest.raises(
        AnsibleError, match="cisco_ios is for a device that takes commands only, so the connection cannot run"
    ):
        connect(**variables).exec_command("/bin/sh -c 'echo ~ && sleep 0'")
    assert not [line for line in router.commands if "sh -c" in line]


@pytest.mark.parametrize(
    ("method", "arguments", "operation"),
    [
        ("put_file", ("a", "b"), "copy a file or a module"),
        ("fetch_file", ("a", "b"), "fetch a file"),
        ("exec_command", ("a", b"input"), "run a module"),
    ],
)
def test_unsupported_operation_names_the_alternative(
    connect: Callable[..., Any],
    variables: dict[str, Any],
    method: str,
    arguments: tuple[Any, ...],
    operation: str,
) -> None:
    with pytest.raises(AnsibleError) as caught:
        getattr(connect(**variables), method)(*arguments)
    expected = (
        "The driver cisco_ios is for a device that takes commands only, so the connection cannot "
        f"{operation}. Use raw or pyco_command."
    )
    assert str(caught.value) == expected


class Shown:
    """The messages that a connection shows, one string for each."""

    def __init__(self, connection: Any, monkeypatch: pytest.MonkeyPatch, verbosity: int) -> None:
        self.lines: list[str] = []
        monkeypatch.setattr(connection._display, "verbosity", verbosity)
        monkeypatch.setattr(connection._display, "vvv", self._vvv)

    def _vvv(self, text: str, host: str | None = None) -> None:
        self.lines.append(f"{host}: {text}")


def test_vvv_shows_route_and_dialogue_of_every_hop_without_passwords(
    sim: Sim,
    connect: Callable[..., Any],
    variables: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bastion = sim.ssh(users={"pyco": "b4stion-secret"}, shell="/bin/sh")
    hop = f"ssh://pyco:b4stion-secret@{bastion.address}:{bastion.port}/linux"
    variables |= {"ansible_pyco_hops": [hop], "ansible_pyco_known_hosts": str(sim.known_hosts)}
    connection = connect(**variables)
    shown = Shown(connection, monkeypatch, verbosity=3)
    assert connection.exec_command("show clock")[0] == 0
    logins = f"pyco@{bastion.address}:{bastion.port}, then to {connection.login.target}"
    assert shown.lines[0] == f"r1: pyco: log in to {logins}"
    assert any(line.startswith("r1: pyco: 1 * connected to pyco@") for line in shown.lines)
    assert "r1: pyco: 2 > demo" in shown.lines
    assert "r1: pyco: 2 > show clock" in shown.lines
    assert "r1: pyco: 2 < *08:30:12.417 UTC Mon Mar 3 2025" in shown.lines
    text = "\n".join(shown.lines)
    assert "********" in text
    assert "b4stion-secret" not in text
    assert "demo-login" not in text


def test_vvv_shows_prompt_and_end_of_session(
    connect: Callable[..., Any], variables: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = connect(**variables)
    shown = Shown(connection, monkeypatch, verbosity=3)
    connection.exec_command("show clock")
    connection.close()
    connection.close()
    assert "r1: pyco: 1 < r1>" in shown.lines
    assert shown.lines[-1].startswith("r1: pyco: 1 * closed: ")


def test_vvv_shows_dialogue_of_failed_login(
    connect: Callable[..., Any], variables: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = connect(**{**variables, "ansible_password": "wr0ng-pa55"})
    shown = Shown(connection, monkeypatch, verbosity=3)
    with pytest.raises(AnsibleConnectionFailure):
        connection.exec_command("show clock")
    assert "r1: pyco: 1 < % Login invalid" in shown.lines
    assert "wr0ng-pa55" not in "\n".join(shown.lines)


def test_vvv_shows_dialogue_of_reused_session_in_broker(
    connect: Callable[..., Any], variables: dict[str, Any], monkeypatch: pytest.MonkeyPatch, broker: None
) -> None:
    variables |= {"ansible_pyco_persist": 60}
    for reused in (False, True):
        connection = connect(**variables)
        shown = Shown(connection, monkeypatch, verbosity=3)
        connection.exec_command("show clock")
        connection.close()
        connected = [line for line in shown.lines if line.startswith("r1: pyco: 1 * connected to")]
        assert len(connected) == (0 if reused else 1)
        assert "r1: pyco: 1 > show clock" in shown.lines
        assert "r1: pyco: 1 < *08:30:12.417 UTC Mon Mar 3 2025" in shown.lines
        assert shown.lines[-1] == "r1: pyco: 1 < r1>"
        assert "demo-login" not in "\n".join(shown.lines)


@pytest.mark.parametrize(("verbosity", "no_log"), [(2, False), (3, True)])
def test_dialogue_is_not_shown_with_vv_or_no_log(
    connect: Callable[..., Any],
    variables: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    verbosity: int,
    no_log: bool,
) -> None:
    connection = connect(**variables)
    connection._play_context.no_log = no_log
    shown = Shown(connection, monkeypatch, verbosity)
    assert connection.exec_command("show clock")[0] == 0
    assert len(shown.lines) == 1  # the route


def test_transcript_has_inventory_name(
    connect: Callable[..., Any], variables: dict[str, Any], tmp_path: Path
) -> None:
    connection = connect(**variables, ansible_pyco_transcript=str(tmp_path))
    connection.exec_command("show clock")
    connection.close()
    assert [path.name for path in tmp_path.iterdir()] == ["r1.log"]
    assert "show clock" in (tmp_path / "r1.log").read_text("utf-8")


def test_missing_package_is_reported_with_install_command(
    connect: Callable[..., Any], variables: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    core = _core.__name__.replace(".plugins.plugin_utils._core", ".pyco_core")
    monkeypatch.setitem(sys.modules, f"{core}.device", None)
    with pytest.raises(AnsibleConnectionFailure) as caught:
        connect(**variables).exec_command("show clock")
    assert "is missing on the control node. Install it with: " in str(caught.value)

    missing = _core.missing(ModuleNotFoundError("No module named 'pexpect'", name="pexpect.fdpexpect"))
    assert str(missing) == (
        "The Python package pexpect is missing on the control node. "
        f"Install it with: {sys.executable} -m pip install pexpect"
    )


def test_driver_next_to_playbook_is_used(
    connect: Callable[..., Any], variables: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "drivers").mkdir()
    (tmp_path / "drivers" / "mine.yml").write_text("parent: cisco_ios\n", "utf-8")
    connection = connect(**variables, ansible_pyco_driver="mine", playbook_dir=str(tmp_path))
    assert connection.login.enter().driver.name == "mine"


PING = b"runpy.run_module(mod_name='ansible.modules.ping', init_globals=None)"  # without arguments


def test_ping_logs_in(connect: Callable[..., Any], variables: dict[str, Any]) -> None:
    connection = connect(**variables)
    assert connection.exec_command("/usr/bin/python3", PING) == (
        0,
        b'{"ping": "pong", "changed": false}',
        b"",
    )
    assert connection.connected


@pytest.mark.parametrize("module", [b"#!/bin/sh\necho 'no Python", b"\x7fELF\0", b"print('pong')"])
def test_module_other_than_ping_is_refused(
    connect: Callable[..., Any], variables: dict[str, Any], module: bytes
) -> None:
    assert _ping.arguments(module) is None
    with pytest.raises(AnsibleError, match="cisco_ios is for a device that takes commands only"):
        connect(**variables).exec_command("/usr/bin/python3", module)


def test_ping_with_wrong_password_tries_it_once(
    connect: Callable[..., Any], variables: dict[str, Any], router: Host
) -> None:
    connection = connect(**{**variables, "ansible_password": "wr0ng"})
    for _attempt in range(3):
        with pytest.raises(AnsibleConnectionFailure, match="Permission denied") as caught:
            connection.exec_command("/usr/bin/python3", PING)
    assert str(caught.value).count("ansible_password") == 1
    assert len(router.sessions) == 1


@pytest.mark.parametrize("probe", ["echo FOUND; echo ENDFOUND", "echo PLATFORM; echo FOUND; echo ENDFOUND"])
def test_search_for_python_on_network_device_is_answered(
    connect: Callable[..., Any], variables: dict[str, Any], probe: str
) -> None:
    status, output, _ = connect(**variables).exec_command(f"/bin/sh -c '{probe}'")
    assert status == 0
    assert output.endswith(b"FOUND\n/usr/bin/python3\nENDFOUND\n")
    assert output.startswith(b"PLATFORM") is ("PLATFORM" in probe)


@pytest.mark.parametrize(
    ("tape", "driver", "command"),
    [
        ("windows_cmd/server2022.yml", "windows_cmd", "ver"),
        ("windows_powershell/server2025.yml", "windows_powershell", "$env:COMPUTERNAME"),
    ],
)
def test_windows_takes_commands_but_no_modules_and_files(
    sim: Sim, connect: Callable[..., Any], tmp_path: Path, tape: str, driver: str, command: str
) -> None:
    host = sim.ssh(f"tests/tapes/{tape}")
    connection = connect(
        inventory_hostname="w1",
        ansible_host=host.address,
        ansible_port=host.port,
        ansible_user="administrator",
        ansible_password="demo-login",
        ansible_pyco_driver=driver,
        ansible_pyco_known_hosts=str(sim.known_hosts),
    )
    assert connection.always_pipeline_modules
    assert connection.exec_command(command)[0] == 0
    taken = f"The driver {driver} is for a device that takes commands only, so the connection cannot "
    source = str(tmp_path / "file")
    Path(source).write_text("")
    calls: list[tuple[Callable[..., Any], tuple[Any, ...], str]] = [
        (connection.exec_command, ("powershell", b"#!powershell"), "run a module"),
        (connection.put_file, (source, "C:\\x"), "copy a file or a module"),
        (connection.fetch_file, ("C:\\x", source), "fetch a file"),
    ]
    for call, arguments, what in calls:
        with pytest.raises(AnsibleError) as caught:
            call(*arguments)
        assert str(caught.value) == f"{taken}{what}. Use raw or pyco_command."


def test_reboot_sets_timeout_that_a_reset_keeps(
    connect: Callable[..., Any], variables: dict[str, Any]
) -> None:
    connection = connect(**variables)
    assert connection.get_option("connection_timeout") == 30
    connection.set_option("connection_timeout", 7)
    connection.reset()
    assert connection.get_option("connect_timeout") == connection.get_options()["connect_timeout"] == 7
    connection.set_options(var_options={**variables, "ansible_pyco_persist": 0})
    assert connection.get_option("connection_timeout") == 30
    with pytest.raises(KeyError):
        connection.get_option("timeout")
