# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path

import pytest

from pyco_core.__main__ import main
from pyco_core.sim import Sim
from pyco_core.tape import Login

from .dialogue import PASSWORD, Terminal, small


def test_password_is_asked_for_on_terminal(
    sim: Sim, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    port = sim.telnet(small(login=Login(password=PASSWORD))).port
    prompts: list[str] = []

    def getpass(prompt: str) -> str:
        prompts.append(prompt)
        return PASSWORD

    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("pyco_core.cli.login.getpass", getpass)
    assert main(["record", f"telnet://127.0.0.1:{port}/common", "show this"]) == 0
    assert prompts == [f"Password of 127.0.0.1:{port}, empty for none: "]
    assert "password: masked-login" in capsys.readouterr().out


def test_end_of_input_at_password_prompt_is_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def getpass(prompt: str) -> str:
        raise EOFError

    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("pyco_core.cli.login.getpass", getpass)
    assert main(["record", "telnet://demo@127.0.0.1:1"]) == 1
    assert capsys.readouterr().err == "No password of demo@127.0.0.1:1 was typed.\n"


def test_password_file_has_passwords_of_hops_and_device(sim: Sim, tmp_path: Path) -> None:
    (tmp_path / "passwords").write_text(f"of-the-hop\n{PASSWORD}\n")
    bastion = sim.ssh(users={"pyco": "of-the-hop"}, forward=True)
    host = sim.telnet(small(login=Login(users={"demo": PASSWORD})))
    options = ["--hop", f"ssh://pyco@127.0.0.1:{bastion.port}", "--known-hosts", sim.known_hosts]
    options += ["--password-file", str(tmp_path / "passwords")]
    assert main(["learn", f"telnet://demo@127.0.0.1:{host.port}", *options]) == 0
    assert bastion.logins.accepted == ["pyco"]
    assert ("password", PASSWORD) in [(typed.kind, typed.text) for typed in host.sessions[0].typed]


def test_password_file_may_have_fewer_lines_than_logins(sim: Sim, tmp_path: Path) -> None:
    (tmp_path / "passwords").write_text("of-the-hop\n")
    bastion = sim.ssh(users={"pyco": "of-the-hop"}, forward=True)
    options = ["--hop", f"ssh://pyco@127.0.0.1:{bastion.port}", "--known-hosts", sim.known_hosts]
    options += ["--password-file", str(tmp_path / "passwords")]
    assert main(["learn", f"telnet://127.0.0.1:{sim.telnet(small()).port}", *options]) == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["telnet://demo:S3cret@r1"], "The URL of demo@r1:23 contains a password, which"),
        (["telnet://demo@r1", "--hop", "ssh://pyco:S3cret@bastion"], "The URL of pyco@bastion:22 contains"),
        (
            ["telnet://r1", "--password-file", "/nowhere"],
            "/nowhere cannot be read: No such file or directory.",
        ),
        (["telnet://r1", "--password-file", "latin"], "latin is not UTF-8."),
        (["telnet://r1", "--password-file", "two"], "two has 2 passwords, expected at most 1."),
        (["telnet://r1", "--become-password-file", "latin"], "latin is not UTF-8."),
    ],
)
def test_invalid_login_error_shows_no_password(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("two").write_text("S3cret\nS3cret\n")
    Path("latin").write_bytes(b"S3cr\xe9t\n")
    assert main(["record", *arguments]) == 1
    err = capsys.readouterr().err
    assert err.startswith(message)
    assert "S3cr" not in err


def test_program_is_hop_and_device_with_driver_of_option(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "exec://dash", "-J", "exec://sh", "--driver", "linux", "echo $0 here"]) == 0
    assert capsys.readouterr().out == "dash here\n"
