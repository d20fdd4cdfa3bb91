# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection network_cli with the plugins of an invented vendor, on a simulated router."""

from __future__ import annotations

import copy
import os
import pickle
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible.module_utils import connection as module_connection
from ansible.playbook.play_context import PlayContext
from ansible.plugins.loader import become_loader, connection_loader

from pyco_core.sim import Faults, Host, Sim, SimulatedDevice, make_device
from pyco_core.tape import loads
from tests.unit.sshd import servers

Connect = Callable[..., Any]
RpcError = module_connection.ConnectionError

TAPE = """
configuration: ios
start: user
modes:
  user:
    prompt: '{hostname}>'
    commands:
      terminal length {length:number}:
      terminal width {width:number}:
      show clock: "*08:30:12.417 UTC Mon Mar 3 2025\n"
      show version: "Cisco IOS Software, Version 17.03.04\n"
      show users: "    Line       User\n"
      show privilege: "Current privilege level is 1\n"
      enable:
        ask: [{prompt: 'Password: ', answer: pyco, hidden: true, attempts: 3, failed: "% Bad secrets\n\n"}]
        mode: enable
      menu: {output: "1 clock\\n", mode: menu}
      exit: {close: true}
  menu: {prompt: 'Choose = ', commands: {back: {mode: user}}}
  enable: {commands: {disable: {mode: user}}}
"""


@pytest.fixture
def device() -> SimulatedDevice:
    return make_device(loads(TAPE))


@pytest.fixture
def router(sim: Sim, device: SimulatedDevice) -> Host:
    return sim.telnet(device, faults=Faults(drop={"show users": 5}, silent=("show silent",)))


@pytest.fixture
def network(router: Host) -> Iterator[Connect]:
    """Return a function that loads the connection of one task."""
    connections = []

    def network(become: str | None = None, network_os: str = "acme.box.box", **variables: Any) -> Any:
        context = PlayContext()
        context.network_os = network_os
        connection = connection_loader.get("pyco.cli.network_cli", context, new_stdin=None)
        connections.append(connection)
        variables = {
            "inventory_hostname": "r1",
            "ansible_host": router.address,
            "ansible_port": router.port,
            "ansible_user": "pyco",
            "ansible_password": "pyco",
            "ansible_network_os": network_os,
            "ansible_pyco_protocol": "telnet",
            "ansible_pyco_driver": "cisco_ios",
            "ansible_pyco_persist": 0,
            **variables,
        }
        if become is not None:
            plugin = become_loader.get("pyco.cli.enable")
            plugin.set_options(direct={"become_pass": become})
            connection.set_become_plugin(plugin)
        connection.set_options(var_options=variables)
        return connection

    yield network
    for connection in connections:
        connection.close()


def rpc(connection: Any) -> Any:
    """Return the connection as a module has it."""
    return module_connection.Connection(connection.socket_path)


def typed(router: Host) -> list[str]:
    return [line for line in router.commands if line not in ("terminal length 0", "terminal width 511")]


def test_modules_get_outputs_and_device_is_asked_once(router: Host, network: Connect) -> None:
    connection = network(become="pyco")
    assert not connection.connected
    assert rpc(connection).get("show clock") == "*08:30:12.417 UTC Mon Mar 3 2025"
    assert connection.connected
    assert rpc(connection).get_capabilities() == {"device_info": {"version": "17.0"}}
    assert rpc(connection).get_capabilities() == {"device_info": {"version": "17.0"}}
    assert rpc(connection).get_option("persistent_command_timeout") == 30
    assert rpc(connection).exec_command("show clock").startswith("*08:30")
    assert rpc(connection).exec_command('{"command": "show clock", "prompt": null}').startswith("*08:30")
    assert rpc(connection).get_prompt() == "r1#"
    assert typed(router)[-5:] == ["terminal width 200", "show clock", "show version", *["show clock"] * 2]


def test_state_is_kept_with_login_for_next_task(broker: None, router: Host, network: Connect) -> None:
    # One session: a task that comes before the one of the task before is free would open another.
    options = {"ansible_pyco_persist": 60, "ansible_pyco_sessions": 1}
    for _task in range(3):
        connection = network(**options)
        assert rpc(connection).get_capabilities() == {"device_info": {"version": "17.0"}}
        connection.close()
    assert typed(router) == ["terminal width 200", "show version"]
    network(**options).reset()
    connection = network(**options)
    assert rpc(connection).get_capabilities() == {"device_info": {"version": "17.0"}}
    assert typed(router)[-2:] == ["terminal width 200", "show version"]


def test_error_is_found_in_output_and_its_text_is_window(network: Connect) -> None:
    connection = network(become="pyco")
    (output,) = rpc(connection).run_commands(["show bogus"], check_rc=False)
    # The text of an error with bytes is the form that modules of vendors search.
    expected = b"show bogus\r\n        ^\r\n% Invalid input detected at '^' marker.\r\n\r\nr1#"
    assert output == str(expected)
    with pytest.raises(RpcError, match="Invalid input"):
        rpc(connection).get("show bogus")
    # A line end after the command is typed, too, and its prompt is in the window.
    (output,) = rpc(connection).run_commands(["show bogus\n"], check_rc=False)
    assert output == str(expected + b"\r\nr1#")
    assert rpc(connection).edit_config(["hostname r1", "! Error: in the echo only"])


def test_next_task_leaves_configuration_mode_after_error(
    device: SimulatedDevice, router: Host, network: Connect
) -> None:
    connection = network(become="pyco")
    with pytest.raises(RpcError, match="Invalid input"):
        rpc(connection).edit_config(["interface GigabitEthernet2", "bogus"])
    assert rpc(connection).get_prompt() == "r1(config-if)#"
    connection.close()
    assert rpc(network(become="pyco")).get_prompt() == "r1#"


def test_banner_is_typed_without_answers(device: SimulatedDevice, network: Connect) -> None:
    assert rpc(network(become="pyco")).edit_banner("one\ntwo") is not None
    assert "banner login ^C\none\ntwo\n^C" in device.running


def test_questions_are_answered(device: SimulatedDevice, network: Connect) -> None:
    connection = network(become="pyco")
    command = "copy running-config startup-config"
    output = rpc(connection).get(command, prompt=r"[\r\n]+destination FILENAME", answer="", check_all=None)
    assert "Destination filename [startup-config]?" in output
    assert "[OK]" in output
    options = {"prompt": ["filename"], "answer": ["", "y"], "check_all": True}
    with pytest.raises(RpcError, match=r"Number of prompts \(1\) is not same as that of answers \(2\)"):
        rpc(connection).get(command, **options)


@pytest.mark.parametrize(("choice", "is_error"), [("fail", True), ("warn", False), ("ignore", False)])
def test_failure_of_become_is_tolerated_by_option(network: Connect, choice: str, is_error: bool) -> None:
    connection = network(become="wrong", ansible_network_become_errors=choice)
    if is_error:
        with pytest.raises(RpcError, match="password"):
            rpc(connection).get("show clock")
    else:
        assert rpc(connection).get_prompt() == "r1>"


def test_mode_of_become_is_left_by_task_without_it(broker: None, network: Connect) -> None:
    secret = {"ansible_pyco_persist": 60, "ansible_become_password": "pyco"}
    for become, level in (("pyco", "15"), ("pyco", "15"), (None, "1"), ("pyco", "15")):
        connection = network(become=become, **secret)
        assert rpc(connection).get("show privilege") == f"Current privilege level is {level}"
        connection.close()


def test_platform_without_driver_has_prompts_of_its_terminal_plugin(
    broker: None, device: SimulatedDevice, router: Host, network: Connect
) -> None:
    options = {"ansible_pyco_driver": "", "ansible_pyco_persist": 60, "ansible_become_password": "pyco"}
    connection = network(become="pyco", **options)
    assert rpc(connection).get_prompt() == "r1#"
    assert rpc(connection).get("show clock").startswith("*08:30")
    assert rpc(connection).edit_config(["hostname r2", "interface GigabitEthernet0/1"])
    with pytest.raises(RpcError, match="Invalid input"):
        rpc(connection).edit_config(["bogus"])
    assert rpc(connection).get_prompt() == "r2(config)#"
    connection.close()
    connection = network(become="pyco", **options)
    assert rpc(connection).get_prompt() == "r2#"
    rpc(connection).reset()
    assert len(router.sessions) == 1
    assert rpc(connection).get_prompt() == "r2#"
    assert len(router.sessions) == 2


def test_prompts_of_options_are_found_besides_those_of_driver(network: Connect) -> None:
    connection = network(ansible_terminal_stdout_re=[{"pattern": "choose = $", "flags": "re.I"}])
    assert rpc(connection).get("menu") == "1 clock"
    assert rpc(connection).get_prompt() == "Choose ="
    assert rpc(connection).get("back") == ""
    assert rpc(connection).get_prompt() == "r1>"


def test_own_patterns_replace_those_of_terminal_plugin(network: Connect) -> None:
    patterns = [{"pattern": "utc", "flags": "re.I"}]
    with pytest.raises(RpcError, match="UTC"):
        rpc(network(ansible_terminal_stderr_re=patterns)).get("show clock")
    with pytest.raises(RpcError, match="'pattern' is a required key"):
        rpc(network(ansible_terminal_stderr_re=[{"flags": "re.I"}])).get("show clock")


def test_lost_session_is_error_of_task_and_next_command_logs_in(router: Host, network: Connect) -> None:
    connection = network()
    with pytest.raises(RpcError, match="show users"):
        rpc(connection).get("show users")
    assert rpc(connection).get("show clock").startswith("*08:30")
    assert [list(each.commands).count("terminal width 200") for each in router.sessions] == [1, 1]


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"ansible_ssh_common_args": '-o ProxyCommand="ssh -W %h:%p b"'}, "ansible_ssh_common_args"),
        ({"ansible_ssh_extra_args": "-J bastion"}, "ansible_ssh_extra_args"),
        ({"ansible_libssh_proxy_command": "ssh -W %h:%p b"}, "ansible_libssh_proxy_command"),
        ({"ansible_terminal_initial_prompt": ["press a key"]}, "ansible_terminal_initial_prompt"),
    ],
)
def test_option_that_must_not_be_ignored_is_refused(
    router: Host, network: Connect, variables: dict[str, Any], message: str
) -> None:
    with pytest.raises(RpcError, match=message):
        rpc(network(**variables)).get("show clock")
    assert not router.sessions


def test_arguments_of_ssh_without_proxy_are_accepted(network: Connect) -> None:
    connection = network(ansible_ssh_common_args="-o StrictHostKeyChecking=no")
    assert rpc(connection).get_prompt() == "r1>"


def test_login_that_fails_is_error_of_call(network: Connect) -> None:
    with pytest.raises(RpcError, match="password") as caught:
        rpc(network(ansible_password="h8nter2")).get("show clock")
    assert "h8nter2" not in str(caught.value)
    assert str(caught.value).count("Permission denied") == 1


def test_wait_for_connection_logs_in(network: Connect) -> None:
    connection = network()
    connection.transport_test(5)
    assert connection.connected
    refused = network(ansible_port=1)
    with pytest.raises(AnsibleError):
        refused.transport_test(5)


def test_modules_and_files_are_local(network: Connect, tmp_path: Path) -> None:
    connection = network()
    assert connection.exec_command("echo $((1 + 1))")[:2] == (0, b"2\n")
    (tmp_path / "a").write_text("text", "utf-8")
    connection.put_file(str(tmp_path / "a"), str(tmp_path / "b"))
    connection.fetch_file(str(tmp_path / "b"), str(tmp_path / "c"))
    assert (tmp_path / "c").read_text("utf-8") == "text"
    assert not connection.connected


def test_modules_of_pyco_share_login(network: Connect, run: Callable[..., dict[str, Any]]) -> None:
    result = run(network(become="pyco"), {"commands": "show privilege"})
    assert result["stdout"] == ["Current privilege level is 15"]


def test_platform_is_required_and_its_collection_too(network: Connect) -> None:
    assert network(network_os="")._sub_plugin == {}
    with pytest.raises(AnsibleConnectionFailure, match="ansible_network_os"):
        _ = network(network_os="").socket_path
    with pytest.raises(AnsibleConnectionFailure, match=r"network os acme.none.none is not supported"):
        _ = network(network_os="acme.none.none").socket_path
    assert network()._sub_plugin["type"] == "cliconf"


def test_ansible_takes_connection_for_one_to_network_devices(network: Connect) -> None:
    name = network().ansible_name
    # The comparison of `gather_facts`, which drops gather_subset for other connections.
    assert name.removeprefix("ansible.netcommon.") == "network_cli"
    assert name == "pyco.cli.network_cli"
    assert name.removeprefix("pyco.cli.") == "network_cli"
    assert type(pickle.loads(pickle.dumps(name))) is str
    assert pickle.loads(pickle.dumps(name)) == name


def test_socket_leaves_no_file_and_its_path_is_forgotten(
    network: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = network()
    with tempfile.TemporaryDirectory(prefix="pyco-") as folder:  # of this test alone
        monkeypatch.setattr(tempfile, "tempdir", folder)
        path = connection.socket_path
        assert path == connection.socket_path
        assert os.path.exists(path)
        assert os.listdir(folder) == []
    assert pickle.loads(pickle.dumps(path)) == ""
    assert type(copy.deepcopy(path)) is str
    assert copy.deepcopy(path) == path
    connection.close()
    assert not os.path.exists(path)


def test_module_can_close_session(router: Host, network: Connect) -> None:
    connection = network()
    for close in ("reset", "close", "close"):
        assert rpc(connection).get_prompt() == "r1>"
        getattr(rpc(connection), close)()
        assert not connection.connected
    assert len(router.sessions) == 3


def test_connection_follows_changed_options(sim: Sim, network: Connect) -> None:
    connection = network()
    assert rpc(connection).get_prompt() == "r1>"
    other = sim.telnet(loads(TAPE.replace("start: user", "start: enable")))
    variables = {**connection._sources["var_options"], "ansible_port": other.port}
    connection.set_options(var_options=variables)
    assert not connection.connected
    assert rpc(connection).get_prompt() == "r1#"
    connection.set_options(var_options=variables)
    assert connection.connected
    assert len(other.sessions) == 1


def test_two_connections_in_one_process_answer_for_their_own_device(network: Connect) -> None:
    first, second = network(), network(become="pyco")
    calls = rpc(first), rpc(second)
    assert [call.get_prompt() for call in (*calls, *calls)] == ["r1>", "r1#", "r1>", "r1#"]


@pytest.mark.parametrize(
    ("protocol", "options"),
    [("scp", ""), ("sftp", "Subsystem sftp /usr/lib/openssh/sftp-server\n")],
)
def test_files_are_copied(network: Connect, tmp_path: Path, protocol: str, options: str) -> None:
    (tmp_path / "box.yml").write_text("parent: linux\nnetwork: true\n", "utf-8")
    old, new, copy = (str(tmp_path / name) for name in ("old", "new", "copy"))
    Path(old).write_bytes(b"\0text\r\n")
    with servers(tmp_path) as start:
        server = start(options)
        login = {
            "ansible_port": server.port,
            "ansible_user": "root",
            "ansible_password": None,
            "ansible_private_key_file": str(server.key),
            "ansible_host_key_checking": False,
            "ansible_pyco_protocol": "ssh",
            "ansible_pyco_driver": "box",
            "ansible_pyco_driver_path": [str(tmp_path)],
        }
        connection = rpc(network(**login))
        with pytest.raises(RpcError, match=r"No such file or directory$"):
            connection.get_file(source=new, destination=copy, proto=protocol, timeout=20)
        assert not os.path.exists(copy)
        connection.copy_file(source=old, destination=new, proto=protocol)
        connection.get_file(source=new, destination=copy, proto=protocol)
        assert Path(copy).read_bytes() == Path(old).read_bytes()
        os.mkdir(f"{copy}s")
        connection.get_file(source=new, destination=f"{copy}s")
        assert os.listdir(f"{copy}s") == ["new"]
        with pytest.raises(RpcError, match="missing: No such file"):
            connection.copy_file(source=str(tmp_path / "missing"), destination=new)
        with pytest.raises(RpcError, match="expected one of scp, sftp, got 'tftp'"):
            connection.copy_file(source=old, destination=new, proto="tftp")


def test_module_sets_timeout_of_its_commands(router: Host, network: Connect) -> None:
    connection = rpc(network())
    connection.set_option("port", 1)  # of copies, in network_cli
    assert connection.get("show clock").startswith("*08:30")
    connection.set_option("persistent_command_timeout", 0.5)
    with pytest.raises(RpcError, match=r"No prompt within 0\.5 s"):
        connection.get("show silent")
    assert connection.get_option("persistent_command_timeout") == 0.5


def test_copy_with_questions_of_nxos_is_refused(router: Host, network: Connect) -> None:
    with pytest.raises(RpcError, match="file_pull is not supported"):
        rpc(network()).pull_file(command="copy scp://u@10.0.0.1/x bootflash:/x", remotepassword="pyco")
    assert not router.sessions


def test_background_task_that_is_left_alone_is_refused(router: Host, network: Connect) -> None:
    connection = network()
    variables = connection._sources["var_options"]
    keys = {"async_val": 60, "poll": 0}
    for action in ("acme.box.box_command", "box_command", "ansible.netcommon.cli_command", "cli_command"):
        connection.set_options(task_keys={**keys, "action": action}, var_options=variables)
        with pytest.raises(AnsibleError, match="async with poll: 0 is not supported") as caught:
            _ = connection.socket_path
    assert not isinstance(caught.value, AnsibleConnectionFailure), "the host would be unreachable"
    assert not router.sessions
    # Other modules run on the control node, and need no session.
    connection.set_options(task_keys={**keys, "action": "ansible.builtin.command"}, var_options=variables)
    assert connection.socket_path
    connection.set_options(
        task_keys={**keys, "action": "acme.box.box_command", "poll": 1}, var_options=variables
    )
    assert rpc(connection).get_prompt() == "r1>"


def test_commit_that_no_task_could_confirm_is_refused(router: Host, network: Connect) -> None:
    connection = network()
    connection.cliconf.set_options(direct={"commit_confirmed": True})
    with pytest.raises(RpcError, match="commit_confirmed is not supported"):
        rpc(connection).edit_config(["hostname r2"])
    connection.cliconf.set_options(direct={"commit_confirmed": False})
    assert rpc(connection).get_prompt() == "r1>"


def test_files_are_not_copied_behind_telnet(network: Connect, tmp_path: Path) -> None:
    with pytest.raises(RpcError, match="a route of ssh logins with forwarding"):
        rpc(network()).get_file(source="flash:/x", destination=str(tmp_path / "x"))
