# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Command lines that leave no trace in a shell, checked with real shells."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from pyco_core.shell.quoting import one_line
from pyco_core.shell.traces import leaves_trace

WITHOUT = [
    "show clock",
    "ls",
    "cat /etc/os-release",
    "/bin/ls -l",
    "ls | wc -l;",
    "ls; pwd",
    "test -f /x && echo yes || echo no",
    '[ -f "$HOME/x" ] && [ "$a" = b ]',
    'echo "$HOME" ${USER} $?',
    'echo $(id -un) `id -un` "$(cd /; pwd)" "a \\" b"',
    "LC_ALL=C x=$(pwd) ls -l | grep 'a b' >/tmp/x 2>&1",
    "( cd / && ls ) 2>/dev/null | cat",
    "cd / | ls",
    "! grep x y",
    "sh -c 'cd /; ls'",
    "sudo -n bash -xc id",
    "find . -name '*.c' -exec rm {} \\;",
    "grep -i x <y >>z 2>&-",
    "awk '{print $1}' f",
    "(for i in a b; do { echo $i; }; done; exit 3)",
    "(x=1; >y)",
    one_line("ls\ncd /"),
    one_line("case x in x) cd /;; esac") + " </dev/null",
]
WITH = [
    "",
    "cd",
    "cd /",
    "ls; cd /",
    "ls && cd /",
    "ls || cd /",
    "ls | cd /",
    "! cd /",
    "'cd' /",
    "\\cd /",
    'c""d /',
    "$x /",
    "..",
    "/tmp",
    "command cd /",
    "eval cd /",
    "( eval 'sleep 9' )",
    ". x",
    "module load x",
    "x=1",
    "x=1 :",
    "x=1 times",
    "x+=1",
    "RANDOM=1 ls",
    "a=(1 2)",
    "export x=1",
    "umask 0",
    "set -x",
    "printf -v x y",
    "stty echo",
    "sh -c 'stty echo'",
    "vi x",
    "trap 'x' EXIT",
    "alias ls=false",
    "f() { :; }",
    "function f { :; }",
    "{ cd /; }",
    "if true; then cd /; fi",
    "( if true; then case x in x) cd /;; esac; fi )",
    "( a ) cd /",
    "((x=1))",
    "time cd /",
    "sleep 9 &",
    "(sleep 9 &)",
    "sh -c 'sleep 9 &'",
    "setsid sleep 9",
    one_line("sleep 9 &"),
    one_line("stty echo"),
    "( eval \"$(printf '%b' 'a')\" ); cd /; ( eval \"$(printf '%b' 'b')\" )",
    "( eval \"$(printf '%b' '\\046')\" )",
    "exec 3>x",
    "ls >&3",
    "2>&1 cd /",
    "2>x",
    "x=1 2>&1",
    "ls &> x",
    "ls |& cat",
    "ls <<x",
    "ls <(cd /)",
    "ls >",
    "{fd}>x ls",
    "echo ${x:=1}",
    "echo $((x=1))",
    "echo ${ cd /;}",
    "echo $a[i=1]",
    'echo "$a[i=1]"',
    "[ 'y=5' -eq 5 ]",
    '[ "$(echo y=5)" ]',
    "ls *(e:'cd /':)",
    "echo $'a\\'b; cd /'",
    "!!",
    'echo "!x"',
    "ls # cd",
    "echo `x)`",
    'echo "',
    "(ls",
    "ls )",
    "ls ;; ls",
    "bash",
    "env bash -i",
    "sudo -i",
    "sudo su -",
    "echo $$",
    "ls\tx",
]


@pytest.mark.parametrize("line", WITHOUT)
def test_line_of_programs_leaves_no_trace(line: str) -> None:
    assert not leaves_trace(line)


@pytest.mark.parametrize("line", WITH)
def test_line_that_may_change_the_shell_leaves_a_trace(line: str) -> None:
    assert leaves_trace(line)


@pytest.mark.parametrize(
    "line",
    [
        "( eval \"$(printf '%b' " + "a" * 5000,
        "echo " + "$(" * 5000,
        'echo "' + '"$(' * 5000,
        "echo " + "(" * 5000,
        "a=" * 5000,
        "! " * 5000,
    ],
    ids=["one line", "substitutions", "in quotes", "subshells", "assignments", "bangs"],
)
def test_unfinished_line_is_read_in_linear_time_and_leaves_a_trace(line: str) -> None:
    assert leaves_trace(line)


STATE = (
    "pwd; umask; set +o; shopt; export -p; alias; trap; jobs; declare -F; dirs; stty -a; ulimit -a; "
    "declare -p x y a PS1 IFS OPTIND REPLY PATH; ls /proc/self/fd | wc -l"
)
PIECES = r"""
    cd cd_/ export_x=1 x=1 x=1 y=2_ umask_0 set_-x set_-f trap_'echo'_USR1 alias_a=b ls true false echo : pwd
    cat_/dev/null test [ ] ; ; ; && || || | | & ( ) ( ) { } { }_ $( ) $( ) ` ` ' ' ' " " " \ $x ${x} ${x:=1}
    $((x=1)) $[x=1] $a[x=1] >/dev/null </dev/null 2>&1 >&3 exec_3>/dev/null <<<x
    <(true) ! x y / -v -eq # * ? ~ {}
    {a,b} = _ _ _ time eval if_true;_then fi for_x_in_1_2;_do done case_x_in_x) ;; esac f() function_f command
    let_x=1 builtin . printf_-v_x_y stty_echo
    shopt_-s_extglob pushd_/ ulimit_-n_99 declare_x=3 IFS=: PS1=x
"""
LINES = st.lists(
    st.tuples(st.sampled_from(PIECES.split()), st.sampled_from(["", " "])).map("".join),
    min_size=1,
    max_size=8,
).map(lambda pieces: "".join(pieces).replace("_", " "))


@settings(max_examples=10, deadline=None, phases=[Phase.generate])
@given(st.lists(LINES, min_size=60, max_size=60))
def test_random_line_without_trace_changes_nothing_in_bash(lines: list[str]) -> None:
    readable = [line for line in lines if not leaves_trace(line)]
    states = bash_states(readable)
    assert len(states) == len(readable) + 1
    for line, state in zip(readable, states[1:], strict=True):
        assert state == states[0], line


def bash_states(lines: list[str]) -> list[str]:
    """Run lines in an interactive bash, and return its state before the first and after each."""
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder) / "state"
        script = [f"{{ {STATE}; echo END; }} >>{state} 2>&1"]
        for line in lines:
            script += [line, script[0]]
        (Path(folder) / "rc").write_text("PS1=; PS2=; set +H; exec 2>/dev/null; stty -echo\n", "utf-8")
        master, slave = pty.openpty()
        process = subprocess.Popen(
            ["setsid", "-c", "bash", "--noediting", "--rcfile", f"{folder}/rc", "-i"],
            stdin=slave,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=folder,
        )
        os.close(slave)
        for line in script:  # one line at a time: an unfinished line would swallow the next one
            os.write(master, f"{line}\n".encode())
        os.write(master, b"exit\n")
        process.wait(60)
        os.close(master)
        return state.read_text("utf-8").split("END\n")[:-1]


@pytest.mark.parametrize("shell", ["dash", "zsh -f", "mksh", "ksh", "busybox sh", "bash --norc"])
def test_line_without_trace_changes_nothing_in_any_shell(shell: str, tmp_path: Path) -> None:
    program, *options = shell.split()
    if shutil.which(program) is None:
        pytest.skip(f"needs {program}")
    state = "pwd; umask; alias; trap; export -p | grep -v ' _='; set | grep '^[xyai]='"
    for line in WITHOUT:
        script = f"{{ {state}; }} >{tmp_path}/before 2>&1\n{line}\n{{ {state}; }} >{tmp_path}/after 2>&1\n"
        subprocess.run(
            [program, *options, "-s"], input=script.encode(), cwd=tmp_path, capture_output=True, check=False
        )
        assert (tmp_path / "after").read_bytes() == (tmp_path / "before").read_bytes(), line
        assert (tmp_path / "before").stat().st_size
