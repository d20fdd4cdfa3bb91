# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Empty passwords, and questions of a login that only a variable describes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.pyco.cli.plugins.plugin_utils._core import EndpointError, Secret
from ansible_collections.pyco.cli.plugins.plugin_utils._options import route

from pyco_core.sim import Host, Sim, load
from pyco_core.tape import Tape

TAPE = load("tests/tapes/cisco_ios/c2900_demo.yml")


def with_enable_password(text: str) -> Tape:
    """Return the tape with another password of the command `enable`."""
    user = TAPE.modes["user"]
    commands = tuple(
        replace(command, ask=tuple(replace(question, answer=text) for question in command.ask))
        if command.words == ("enable",)
        else command
        for command in user.commands
    )
    return replace(TAPE, modes={**TAPE.modes, "user": replace(user, commands=commands)})


def variables(router: Host, **more: Any) -> dict[str, Any]:
    return {
        "inventory_hostname": "r1",
        "ansible_host": router.address,
        "ansible_port": router.port,
        "ansible_user": "demo",
        "ansible_password": "demo-login",
        "ansible_pyco_protocol": "telnet",
        "ansible_network_os": "cisco.ios.ios",
        **more,
    }


@pytest.mark.parametrize("method", ["ansible.builtin.sudo", "pyco.cli.enable", ""])
@pytest.mark.parametrize(
    "variable", ["ansible_become_password", "ansible_become_pass", "ansible_enable_pass"]
)
def test_empty_enable_password_is_typed(
    sim: Sim,
    connect: Callable[..., Any],
    become: Callable[..., Any],
    run: Callable[..., Any],
    method: str,
    variable: str,
) -> None:
    router = sim.telnet(with_enable_password(""))
    connection = connect(become(method) if method else None, **variables(router, **{variable: ""}))
    result = run(connection, {"commands": "show clock", "mode": "enable"})
    assert result.get("failed") is None, result
    assert router.commands[-2:] == ["enable", "show clock"]


@pytest.mark.parametrize("method", ["ansible.builtin.sudo", "pyco.cli.enable"])
def test_enable_password_that_is_not_set_is_an_error(
    sim: Sim, connect: Callable[..., Any], become: Callable[..., Any], run: Callable[..., Any], method: str
) -> None:
    router = sim.telnet(with_enable_password(""))
    result = run(connect(become(method), **variables(router)), {"commands": "show clock"})
    assert "The device asks for the password of the mode 'enable', and none is set." in result["msg"]


def test_empty_login_password_is_typed(
    sim: Sim, connect: Callable[..., Any], run: Callable[..., Any]
) -> None:
    router = sim.telnet(TAPE)  # has no user with an empty password
    result = run(connect(**variables(router, ansible_password="")), {"commands": "show clock"})
    assert "Permission denied: the user or the password is wrong." in result["msg"]
    result = run(connect(**variables(router, ansible_password=None)), {"commands": "show clock"})
    assert "The host asks for a password, and none is set." in result["msg"]


def test_questions_of_variables_are_answered(
    sim: Sim, connect: Callable[..., Any], run: Callable[..., Any]
) -> None:
    assert TAPE.login is not None
    login = replace(TAPE.login, user_prompt="Bediener? ", password_prompt="PIN bitte> ")
    router = sim.telnet(replace(TAPE, login=login))
    own = {"ansible_pyco_username_prompt": r"Bediener\?", "ansible_pyco_password_prompt": "PIN bitte>"}
    result = run(connect(**variables(router, **own)), {"commands": "show clock"})
    assert result["stdout"] == ["*08:30:12.417 UTC Mon Mar 3 2025"]


def test_hop_has_questions_of_its_own() -> None:
    hop = {"host": "b", "username_prompt": "Operator:", "password_prompt": "PIN:", "password": ""}
    first, target = route({"inventory_hostname": "r1", "hops": [hop]})
    assert (first.username_prompt, first.password_prompt) == ("Operator:", "PIN:")
    assert first.password == Secret("")
    assert (target.username_prompt, target.password) == ("", None)


@pytest.mark.parametrize(
    ("regex", "message"),
    [("(", "invalid regular expression '('"), ("x*", "'x*' matches an empty line.")],
)
def test_invalid_question_is_an_error(regex: str, message: str) -> None:
    with pytest.raises(EndpointError) as caught:
        route({"inventory_hostname": "r1", "password_prompt": regex})
    assert message in caught.value.message
