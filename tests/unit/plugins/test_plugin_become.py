# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""become on a host with a shell: plugins of Ansible, a real shell, scripts that act as sudo and su."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest
from ansible.errors import AnsibleError
from ansible.plugins.loader import become_loader

from pyco_core.sim import Sim

USER, PASSWORD, BECOME = "pyco", token_hex(8), token_hex(8)

# The dialogue of sudo -S at a terminal: the prompt, no echo, three attempts.
SUDO = r"""#!/bin/sh
while [ $# -gt 0 ]; do
    case $1 in
        -p) prompt=$2; shift 2 ;;
        -u) user=$2; shift 2 ;;
        -*) shift ;;
        *) break ;;
    esac
done
[ -z "$prompt" ] && { echo "sudo: a password is required" >&2; exit 1; }
before=$(stty -g)
stty -echo
for attempt in 1 2 3; do
    printf '%s' "$prompt" >&2
    read -r given
    echo >&2
    [ "$given" = "PASSWORD" ] && { stty "$before"; PYCO_USER=$user exec "$@"; }
    [ $attempt = 3 ] || echo "Sorry, try again." >&2
done
stty "$before"
echo "sudo: 3 incorrect password attempts" >&2
exit 1
"""
SU = r"""#!/bin/sh
user=$1
before=$(stty -g)
stty -echo
printf 'PROMPT'
read -r given
stty "$before"
echo
[ "$given" = "PASSWORD" ] || { echo "su: Authentication failure"; exit 1; }
shift
PYCO_USER=$user exec /bin/sh "$@"
"""

DOAS = Path(__file__).parents[2] / "integration/become/doas.py"
DOAS_PROGRAM = r"""#!/bin/sh
user=$2
before=$(stty -g)
stty -echo
printf 'PROMPT'
read -r given
stty "$before"
echo
[ "$given" = "PASSWORD" ] || exit 1
shift 2
PYCO_USER=$user exec "$@"
"""


def connected(sim: Sim, connect: Callable[..., Any], program: str) -> Callable[..., Any]:
    """Return a function that connects to a host with this shell, with a become plugin."""
    host = sim.ssh(users={USER: PASSWORD}, shell=program)

    def shell(become: Any = None, **options: Any) -> Any:
        return connect(
            become,
            options,
            inventory_hostname="host",
            ansible_host=host.address,
            ansible_port=host.port,
            ansible_user=USER,
            ansible_password=PASSWORD,
            ansible_pyco_driver="linux",
            ansible_pyco_known_hosts=str(sim.known_hosts),
        )

    return shell


@pytest.fixture
def shell(sim: Sim, connect: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that connects to a host with a real /bin/sh, with a become plugin."""
    return connected(sim, connect, "/bin/sh")


@pytest.fixture
def program(tmp_path: Path) -> Callable[..., str]:
    """Return a function that writes an executable file with this text."""

    def program(text: str, **values: str) -> str:
        for name, value in {"PASSWORD": BECOME, **values}.items():
            text = text.replace(name, value)
        path = tmp_path / "program"
        path.write_text(text, "utf-8")
        path.chmod(0o755)
        return str(path)

    return program


def raw(connection: Any, command: str) -> tuple[int, str]:
    """Run a command as the action plugins of Ansible do, and return its status and output."""
    if connection.become is not None:
        command = connection.become.build_become_command(command, connection._shell)
    status, output, error = connection.exec_command(command)
    assert error == b""
    return status, output.decode()


def test_raw_without_become_runs_script_in_login_shell(shell: Callable[..., Any]) -> None:
    connection = shell()
    assert raw(connection, "echo one\necho two >&2; exit 3\n") == (3, "one\ntwo")
    assert raw(connection, "cat; cd /; echo end") == (0, "end")
    assert raw(connection, "pwd") != (0, "/")


def test_sudo_prompt_is_answered_and_removed_from_output(
    shell: Callable[..., Any], become: Callable[..., Any], program: Callable[..., str]
) -> None:
    connection = shell(
        become("ansible.builtin.sudo"), become_exe=program(SUDO), become_pass=BECOME, become_user="root"
    )
    assert raw(connection, "echo $PYCO_USER\nexit 4") == (4, "root")
    assert raw(connection, "true") == (0, "")


def test_wrong_sudo_password_fails_and_keeps_the_session(
    shell: Callable[..., Any], become: Callable[..., Any], program: Callable[..., str]
) -> None:
    plugin = become("ansible.builtin.sudo")
    connection = shell(plugin, become_exe=program(SUDO), become_pass="wr0ng", become_user="root")
    with pytest.raises(AnsibleError, match=r"The password for sudo is wrong\. Correct ansible_become_pass"):
        raw(connection, "id")
    connection.become = None
    assert raw(connection, "echo on") == (0, "on")


def test_wrong_sudo_password_fails_the_task_with_its_place(
    shell: Callable[..., Any],
    become: Callable[..., Any],
    program: Callable[..., str],
    run: Callable[..., dict[str, Any]],
) -> None:
    plugin = become("ansible.builtin.sudo")
    connection = shell(plugin, become_exe=program(SUDO), become_pass="wr0ng", become_user="root")
    result = run(connection, {"commands": "id"})
    assert result["failed"] is True
    assert result["msg"] == (
        f"{connection.login.target}: The password for sudo is wrong. Correct ansible_become_password."
    )
    assert (result["pyco"]["error"], result["pyco"]["driver"]) == ("ModeError", "linux")


def test_missing_sudo_password_is_reported(
    shell: Callable[..., Any], become: Callable[..., Any], program: Callable[..., str]
) -> None:
    connection = shell(become("ansible.builtin.sudo"), become_exe=program(SUDO), become_user="root")
    with pytest.raises(AnsibleError, match=r"sudo asks for a password\. Set ansible_become_password"):
        raw(connection, "id")


@pytest.mark.parametrize("prompt", ["Password: ", "Mot de passe : ", "\u5bc6\u7801\uff1a"])
def test_su_password_prompt_is_answered_in_any_language(
    shell: Callable[..., Any], become: Callable[..., Any], program: Callable[..., str], prompt: str
) -> None:
    exe = program(SU, PROMPT=prompt)
    connection = shell(become("ansible.builtin.su"), become_exe=exe, become_pass=BECOME, become_user="root")
    assert raw(connection, "echo $PYCO_USER") == (0, "root")


@pytest.mark.parametrize(
    ("prompt", "texts"),
    [
        ("doas (pyco@host) password: ", []),
        ("Kerberos password for pyco@HOST: ", []),
        ("Code of pyco? ", ["PIN", "Code of"]),
    ],
)
def test_question_with_names_is_answered(
    shell: Callable[..., Any], program: Callable[..., str], prompt: str, texts: list[str]
) -> None:
    become_loader.add_directory(str(DOAS.parent))
    options = {"become_exe": program(DOAS_PROGRAM, PROMPT=prompt), "become_pass": BECOME}
    connection = shell(become_loader.get(DOAS.stem), become_user="other", prompt_l10n=texts, **options)
    assert raw(connection, "echo $PYCO_USER") == (0, "other")


def test_program_that_wants_a_terminal_gets_no_pipelined_module(
    connect: Callable[..., Any], become: Callable[..., Any]
) -> None:
    become_loader.add_directory(str(DOAS.parent))
    plugins = (None, become("ansible.builtin.sudo"), become_loader.get(DOAS.stem))
    assert [connect(plugin).has_pipelining for plugin in plugins] == [True, True, False]


def test_wrong_su_password_is_reported(
    shell: Callable[..., Any], become: Callable[..., Any], program: Callable[..., str]
) -> None:
    exe = program(SU, PROMPT="Password: ")
    connection = shell(become("ansible.builtin.su"), become_exe=exe, become_pass="no", become_user="root")
    with pytest.raises(AnsibleError, match="The password for su is wrong"):
        raw(connection, "id")


# A program that asks for nothing, and a command of the other user that prints the question of the program.
SILENT = r"""#!/bin/sh
while [ $# -gt 1 ]; do
    case $1 in
        -p) export QUESTION="$2"; shift 2 ;;
        /bin/sh) break ;;
        *) shift ;;
    esac
done
[ "$1" = /bin/sh ] && exec "$@"
exec /bin/sh -c "$1"
"""
THIEF = 'stty -echo; printf "%s" "${QUESTION:-Password: }"; read -r given; echo "$given" > '


@pytest.mark.parametrize("method", ["ansible.builtin.sudo", "ansible.builtin.su"])
def test_question_after_success_marker_does_not_get_become_password(
    shell: Callable[..., Any],
    become: Callable[..., Any],
    program: Callable[..., str],
    tmp_path: Path,
    method: str,
) -> None:
    connection = shell(
        become(method), become_exe=program(SILENT), become_pass=BECOME, become_user="other", command_timeout=3
    )
    assert raw(connection, "echo works") == (0, "works")
    with pytest.raises(AnsibleError, match="assword"):
        raw(connection, THIEF + str(tmp_path / "given"))
    connection.close()
    given = tmp_path / "given"
    assert not given.exists() or BECOME not in given.read_text("utf-8")


def test_become_program_that_fails_returns_its_output(
    shell: Callable[..., Any], become: Callable[..., Any], program: Callable[..., str]
) -> None:
    exe = program("#!/bin/sh\necho no such user; exit 9\n")
    connection = shell(become("ansible.builtin.sudo"), become_exe=exe, become_user="root")
    assert raw(connection, "id") == (9, "no such user")


def test_pyco_command_runs_each_command_as_become_user(
    shell: Callable[..., Any],
    become: Callable[..., Any],
    program: Callable[..., str],
    run: Callable[..., dict[str, Any]],
) -> None:
    connection = shell(
        become("ansible.builtin.sudo"), become_exe=program(SUDO), become_pass=BECOME, become_user="root"
    )
    result = run(connection, {"commands": ["echo $PYCO_USER", "echo gone; exit 5", "echo never"]})
    assert result["stdout"] == ["root"]
    assert result["modes"] == ["shell"]
    target = connection.login.target
    assert result["msg"] == f"{target}: 'echo gone; exit 5' ended with status 5: gone"
    assert result["failed"] is True
    assert result["pyco"]["error"] == "CommandError"
    assert result["pyco"]["device"] == connection.login.target
    silent = run(connection, {"commands": "false"})
    assert silent["msg"] == f"{target}: 'false' ended with status 1."


def test_prompt_option_with_become_on_shell_host_is_an_error(
    shell: Callable[..., Any], become: Callable[..., Any], run: Callable[..., dict[str, Any]]
) -> None:
    connection = shell(become("ansible.builtin.sudo"))
    result = run(connection, {"commands": [{"command": "read x", "prompt": "x", "answer": "y"}]})
    assert result["failed"] is True
    message = "prompt and answer cannot be combined with become on a host with a shell."
    assert result["msg"].startswith(f"{connection.login.target}: {message}")


def test_enable_method_on_shell_host_is_an_error(
    shell: Callable[..., Any], become: Callable[..., Any]
) -> None:
    connection = shell(become("pyco.cli.enable"))
    with pytest.raises(AnsibleError, match="The become method enable is for network devices"):
        raw(connection, "id")


def test_raw_fails_in_shell_that_keeps_its_prompt(
    sim: Sim, connect: Callable[..., Any], program: Callable[..., str]
) -> None:
    keeps = program("#!/bin/sh\nENV=$0.rc PS1='me@host$ ' exec dash -i\n")
    Path(f"{keeps}.rc").write_text("PS1='me@host$ '; readonly PS1\n", "utf-8")
    connection = connected(sim, connect, keeps)()
    with pytest.raises(AnsibleError, match="The exit status is not known"):
        raw(connection, "true")
