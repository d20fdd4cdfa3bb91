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
from pyco_core.errors import CommandError, InvalidParameter, PromptNotFound
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
def test_bird_refuses_wrong_file_and_keeps_its_configuration(
    login: Login, bird: str, client: str, tmp_path: Path
) -> None:
    file = tmp_path / "bird.conf"
    good = file.read_text()
    with login("bird", program(client), "-s", bird) as router:
        assert router("configure check").endswith("Configuration OK")
        for text, message in (
            (f"{good}protocol devise {{ }}\n", "syntax error"),
            (good + "protocol static same { ipv4; }\n" * 2, r"': \S+:\d+:\d+ Symbol .* already defined"),
            (None, "No such file or directory"),
        ):
            file.unlink() if text is None else file.write_text(text)
            for command in ("configure check", "configure", "configure timeout 60"):
                with pytest.raises(CommandError, match=message):
                    router(command)
        assert "Router ID is 192.0.2.1" in router("show status")


@pytest.mark.parametrize("client", ["birdc", "birdcl"])
def test_bird_returns_to_its_configuration_unless_confirmed(
    login: Login, bird: str, client: str, tmp_path: Path
) -> None:
    file = tmp_path / "bird.conf"
    before = file.read_text()
    file.write_text(f"{before}protocol static lab {{ ipv4; route 192.0.2.0/24 blackhole; }}\n")
    with login("bird", program(client), "-s", bird) as router:
        assert "Undo scheduled in 60 s" in router("configure timeout 60")
        assert "192.0.2.0/24" in router("show route")
        assert "Configuration unconfirmed" in router("configure status")
        router("configure undo")
        assert "192.0.2.0/24" not in router("show route")
        router("configure timeout 60")
        assert "Reconfiguration confirmed" in router("configure confirm")
        assert "unconfirmed" not in router("configure status")
        assert "192.0.2.0/24" in router("show route")


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


@pytest.mark.parametrize("name", SHELLS)
def test_traced_command_has_its_prompt_and_status(login: Login, name: str) -> None:
    with login("freebsd", program(SHELLS[name][0]), *SHELLS[name][1:]) as host:
        assert host("set -x") == ""
        assert host("echo one") == "+ echo one\none"
        with pytest.raises(CommandError, match="status 37"):
            host("(exit 37)")
        host("set +x")
        assert host("echo two") == "two"


READ_ONLY = {
    "bash": "PS1='me@host\\$ '; readonly PS1 TMOUT PROMPT_COMMAND",
    "dash": "PS1='me@host$ '; readonly PS1",
    "mksh": "PS1='me@host$ '; readonly PS1",
    "zsh": "PS1='me@host%# '; readonly PS1",
}
OWN_PROMPT = {
    "fish": ("", "fish"),
    "tcsh": ("set prompt='%n@%m:%~%# '", "tcsh"),
    "bash": (READ_ONLY["bash"], "bash --rcfile {rc} -i"),
    "bash-prompt-command": (
        """PROMPT_COMMAND='PS1="me@host\\$ "'; readonly PROMPT_COMMAND""",
        "bash --rcfile {rc} -i",
    ),
    "dash": (READ_ONLY["dash"], "env ENV={rc} dash -i"),
    "mksh": (READ_ONLY["mksh"], "env ENV={rc} mksh -i"),
    "busybox": (READ_ONLY["dash"], "env ENV={rc} busybox sh -i"),
    "zsh": (READ_ONLY["zsh"], "env ZDOTDIR={home} zsh -i"),
}


def start_file(home: Path, text: str) -> Path:
    """Write the same file of settings for every shell, and return it."""
    for name in ("rc", ".zshrc", ".tcshrc"):
        (home / name).write_text(f"{text}\n")
    return home / "rc"


@pytest.mark.parametrize(("text", "shell"), OWN_PROMPT.values(), ids=OWN_PROMPT)
def test_shell_that_keeps_its_prompt_returns_output(
    login: Login, tmp_path: Path, text: str, shell: str
) -> None:
    start = start_file(tmp_path, text)
    argv = [word.format(rc=start, home=tmp_path) for word in shell.split()]
    program(next(word for word in argv if "=" not in word and word != "env"))
    with login("linux", f"env HOME={tmp_path}", *argv) as host:
        first = host("echo hi")
        assert first == "hi"
        assert (first.status, first.mode, len(first.notices)) == (None, "prompt", 1)
        assert "exit status of commands is not known" in first.notices[0]
        replies = [
            host(text)
            for text in (
                "false",
                "printf 'a\\nb\\n\\n'",
                "echo 'one two' \"three\"",
                "printf 'no end'",
                f"echo {'word ' * 100}",
                "seq 3",
            )
        ]
        assert replies == ["", "a\nb\n", "one two three", "no end", ("word " * 100).strip(), "1\n2\n3"]
        assert {(reply.status, reply.notices) for reply in replies} == {(None, ())}
        with pytest.raises(InvalidParameter, match="1001 bytes"):
            host("x" * 1001)
        assert host(f"echo {'x' * 990}") == "x" * 990


TAKEN = {
    "bash-restricted": ("", "bash --norc --restricted -i"),
    "bash-read-only": ("readonly TMOUT=900 HISTFILE PROMPT_COMMAND PS2", "bash --rcfile {rc} -i"),
    "bash-ps0": ("PS0='\\n'; shopt -u promptvars", "bash --rcfile {rc} -i"),
    "dash-read-only": ("TMOUT=900; readonly TMOUT HISTFILE PS2", "env ENV={rc} dash -i"),
    "busybox-read-only": ("TMOUT=900; readonly TMOUT HISTFILE PS2", "env ENV={rc} busybox sh -i"),
    "mksh-read-only": ("TMOUT=900; readonly TMOUT HISTFILE", "env ENV={rc} mksh -i"),
    "mksh-restricted": ("", "mksh -r -i"),
    "zsh-read-only": ("TMOUT=900; readonly TMOUT HISTFILE", "env ZDOTDIR={home} zsh -i"),
    "busybox-not-canonical": ("stty -icanon", "env ENV={rc} busybox sh -i"),
    "bash-strict": ("set -euv; trap 'echo trapped' ERR", "bash --rcfile {rc} -i"),
    "dash-strict": ("set -eu", "env ENV={rc} dash -i"),
    "busybox-strict": ("set -eu", "env ENV={rc} busybox sh -i"),
    "mksh-strict": ("set -eu", "env ENV={rc} mksh -i"),
    "zsh-strict": ("set -eu", "env ZDOTDIR={home} zsh -i"),
    "zsh-correct": ("setopt correct correct_all", "env ZDOTDIR={home} zsh -i"),
    "zsh-precmd": ("precmd() { PS1='me@host%# '; }", "env ZDOTDIR={home} zsh -i"),
    **{
        f"bash-{term or 'none'}": ("", f"env TERM={term} bash --norc -i")
        for term in ("dumb", "xterm", "xterm-256color", "vt100", "linux", "unknown", "")
    },
    "bash-unset": ("", "env -u TERM bash --norc -i"),
    "bash-term-in-file": ("TERM=xterm; export TERM; PS1='$ '", "bash --rcfile {rc} -i"),
}


@pytest.mark.parametrize(("text", "shell"), TAKEN.values(), ids=TAKEN)
def test_output_of_unusual_shell_is_clean(login: Login, tmp_path: Path, text: str, shell: str) -> None:
    start = start_file(tmp_path, text)
    argv = [word.format(rc=start, home=tmp_path) for word in shell.split()]
    program(next(word for word in argv if word in SHELLS or word in ("mksh", "zsh")))
    with login("linux", *argv) as host:
        assert host.mode == "shell"
        replies = [host(text, check=False) for text in ("echo hi", "false", "printf 'a\\nb'", "echo '!'", "")]
        assert replies == ["hi", "", "a\nb", "!", ""]
        assert [reply.status for reply in replies] == [0, 1, 0, 0, 0]
        assert {reply.notices for reply in replies} == {()}


def test_functions_of_zsh_add_nothing_to_output(login: Login, tmp_path: Path) -> None:
    start_file(tmp_path, "preexec() { echo before; }; chpwd() { ls /; }")
    with login("linux", "env", f"ZDOTDIR={tmp_path}", program("zsh"), "-i") as host:
        assert host("cd /usr && pwd") == "/usr"


MENU = """while :; do printf '1) Show\\n2) Exit\\n%s'; read -r line || exit
case $line in 1) echo all is well;; 2) exit;; *) echo "no option";; esac; done"""


def test_question_of_menu_instead_of_shell_is_quoted(login: Login, tmp_path: Path) -> None:
    menu = tmp_path / "menu"
    menu.write_text(MENU % "Select option: ")
    with pytest.raises(PromptNotFound, match="asks 'Select option:'"):
        login("linux", program("dash"), str(menu)).connect()


@pytest.mark.parametrize(
    ("driver", "prompt"), [("linux", "menu> "), ("common", "menu> "), ("common", "Select option: ")]
)
def test_menu_with_prompt_returns_output(login: Login, tmp_path: Path, driver: str, prompt: str) -> None:
    menu = tmp_path / "menu"
    menu.write_text(MENU % prompt)
    with login(driver, program("dash"), str(menu)) as host:
        assert [host("1").splitlines()[0] for _ in range(2)] == ["all is well"] * 2


@pytest.mark.parametrize(("name", "argv"), [("fish", "fish"), ("tcsh", "tcsh -f")])
def test_ssh_is_typed_in_shell_that_keeps_its_prompt(
    login: Login, tmp_path: Path, name: str, argv: str
) -> None:
    program(name)
    with login("linux", f"env HOME={tmp_path}", *argv.split()) as hop:
        assert "usage: ssh" in hop("ssh -l 'DOM\\pyco' -p 22")


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
