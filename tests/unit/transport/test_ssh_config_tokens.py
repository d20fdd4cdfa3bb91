# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The user of an inventory in the commands of the ssh configuration, which a shell runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from pyco_core.errors import InvalidParameter, InvalidUrl
from pyco_core.models.endpoint import Endpoint
from pyco_core.transport.ssh_config import lookup

HOSTILE = [
    "a;touch${IFS}{marker}",
    "a$(touch${IFS}{marker})",
    "a`touch${IFS}{marker}`",
    "a|touch${IFS}{marker}",
    "a&touch${IFS}{marker}",
    "a>{marker}",
    "a'",
    'a"',
    "a\\",
    "(a)",
    "{{a}}",
    "$USER",
]


@pytest.mark.parametrize(
    "line", ["ProxyCommand true %r", 'Match exec "true %r"\n Port 1', "ProxyCommand x%%%r"]
)
@pytest.mark.parametrize("user", HOSTILE)
def test_user_that_a_shell_would_run_is_an_error(tmp_path: Path, line: str, user: str) -> None:
    marker = tmp_path / "marker"
    path = tmp_path / "config"
    path.write_text(f"{line}\n")
    with pytest.raises(InvalidParameter, match="which may not be in a command with %r"):
        lookup("r1", str(path), user=user.replace("{marker}", str(marker)))
    assert not marker.exists()


@pytest.mark.parametrize("user", ["admin", "ops@corp.example", "CORP\\ops", "ops+ct511w", "a-b.c_d~1#%x!"])
def test_user_that_is_a_word_is_in_command(tmp_path: Path, user: str) -> None:
    (tmp_path / "config").write_text("ProxyCommand nc -u %r %h\n")
    assert lookup("r1", str(tmp_path / "config"), user=user).proxy_command == f"nc -u {user} r1"


@pytest.mark.parametrize("line", ["ProxyCommand nc %h %p", "ProxyCommand nc %%r", "IdentityFile ~/.ssh/%r"])
def test_any_user_may_be_outside_of_commands(tmp_path: Path, line: str) -> None:
    (tmp_path / "config").write_text(f"Port 2\n{line}\n")
    assert lookup("r1", str(tmp_path / "config"), user="a$b").port == 2


@pytest.mark.parametrize("host", ["a;b", "$(a)", "-oProxyCommand=a", "a b", "a`b`", "fe80::1%$(a)"])
def test_host_that_a_shell_would_run_is_no_endpoint(host: str) -> None:
    with pytest.raises(InvalidUrl):
        Endpoint(host, "ssh", 22, "me")
