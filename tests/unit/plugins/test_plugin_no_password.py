# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A URL with a password at any wrong place: no message repeats it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.pyco.cli.plugins.plugin_utils import _core
from ansible_collections.pyco.cli.plugins.plugin_utils._hops import VARIABLES, hop
from ansible_collections.pyco.cli.plugins.plugin_utils._options import _SETTINGS, persist, route, settings

from pyco_core.__main__ import COMMANDS, main
from pyco_core.device import device
from pyco_core.errors import PycoError
from pyco_core.models.endpoint import Endpoint
from pyco_core.models.settings import Settings
from pyco_core.route.plan import plan
from pyco_core.tasks.commands import parse_commands

HIDDEN = "S3cret-word"
VALUES = [
    f"telnet://cisco:{HIDDEN}@r1",
    f"u:{HIDDEN}@r1",
    f"u:{HIDDEN}@x@r1:22/linux",
    f"ssh://{HIDDEN}",
    f"/home/me/telnet:/u:{HIDDEN}@r1",  # Ansible takes it for a relative path
    {"host": "r1", "password": HIDDEN},
    [f"u:{HIDDEN}@r1"],
]
TEXTS = [value for value in VALUES if isinstance(value, str)]


def failure(action: Callable[[], object]) -> str:
    """Return everything that the error of an action shows, with its causes; "" if it accepts the value."""
    try:
        action()
    except (PycoError, _core.PycoError) as exc:
        shown, cause = f"{exc} {exc!r} {vars(exc)}", exc.__cause__
        while cause is not None:
            shown, cause = f"{shown} {cause!r}", cause.__cause__
        return shown
    return ""


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("key", VARIABLES)
def test_url_as_field_of_hop_is_not_in_message(key: str, value: object) -> None:
    accepted = {"password", "private_key_passphrase", "become_password", "username_prompt", "password_prompt"}
    message = failure(lambda: hop({"host": "r1", key: value}, "Hop 1"))
    assert HIDDEN not in message
    accepted |= {"user", "command"}  # some have `:` and `@`
    assert message or key in accepted or (key == "url" and isinstance(value, str))


@pytest.mark.parametrize("value", VALUES)
def test_url_in_hops_is_not_in_message(value: object) -> None:
    for entry in ({str(value): None}, {"host": value}, [value], value):
        options = {"inventory_hostname": "r1", "hops": [entry]}
        assert HIDDEN not in failure(partial(route, options))


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("name", [*_SETTINGS, "persist", "driver_path"])
def test_url_as_option_is_not_in_message(name: str, value: object) -> None:
    def read() -> object:
        options = {name: [value] if name == "driver_path" else value}
        return (persist if name == "persist" else settings)(options)

    message = failure(read)
    assert message or name == "ssh_algorithms"
    assert HIDDEN not in message


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("name", [*(field.name for field in fields(Endpoint)), "unknown"])
def test_url_as_field_of_device_is_not_in_message(name: str, value: Any) -> None:
    assert HIDDEN not in failure(lambda: device("ssh://r1", **{name: value}))
    if isinstance(value, str):
        unknown: dict[str, Any] = {value: name}
        assert HIDDEN not in failure(lambda: device("ssh://r1", **unknown))


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("name", [field.name for field in fields(Settings)])
def test_url_as_setting_is_not_in_message(name: str, value: Any) -> None:
    message = failure(lambda: Settings(**{name: value}))
    assert HIDDEN not in message
    assert message or name in ("inventory_name", "ssh_algorithms")


@pytest.mark.parametrize("value", TEXTS)
def test_url_as_key_of_command_is_not_in_message(value: str) -> None:
    message = failure(lambda: parse_commands([{"command": "show clock", value: 1}]))
    assert "unknown key" in message
    assert HIDDEN not in message


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("value", TEXTS)
def test_url_as_argument_is_not_in_message(
    command: str, value: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pyco_core.cli.login.getpass", lambda _prompt: "")
    for arguments in (
        [command, f"--no-option={value}"],
        [value],
        ["broker", value],
        ["run", f"--timeout={value}"],
    ):
        with pytest.raises(SystemExit) as caught:
            main(arguments)
        assert caught.value.code == 2
        shown = capsys.readouterr()
        assert HIDDEN not in shown.out + shown.err


CONFIGURATIONS = [
    f"ProxyCommand sshpass -p {HIDDEN} ssh %Q\n",
    f'Match exec "echo {HIDDEN}\n',
    f'Match exec "echo {HIDDEN} %Q"\n',
    f"ProxyJump u:{HIDDEN}@x:y\n",
    f"Port u:{HIDDEN}@r1\n",
    f"Match u:{HIDDEN}@r1 x\n",
    f"Ciphers u:{HIDDEN}@r1\n",
]


@pytest.mark.parametrize("text", CONFIGURATIONS)
def test_secret_in_ssh_configuration_is_not_in_message(text: str, tmp_path: Path) -> None:
    file = tmp_path / "config"
    file.write_text(text)
    message = failure(lambda: plan(Endpoint("r1"), (), replace(Settings(), ssh_config=str(file))))
    assert HIDDEN not in message
    assert message or text.startswith("Ciphers")
