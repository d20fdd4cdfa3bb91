# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The scripts that run on the terminal of a shell, for /bin/sh of every POSIX host.

The login shell starts each as a process of its own, so that neither its aliases, functions and options act on
the script, nor the script on the shell. Names begin with `pyco_`: a variable with the name of an exported one
would reach the programs of the user. The answers are those of `frames`.

The input of a program comes in pieces: a line with the number of characters, and then these; 0 is the end.
"""

from __future__ import annotations

import shlex

from ..models.execute import Start
from . import mux as mux_program
from . import resident_program
from .tools import Tools

# `read` is a builtin that takes no byte too much. In raw mode a terminal has no longest line, changes no byte
# and has no key that ends a program. A script that has not arrived whole does not run.
_START = (
    "pyco_a={0};pyco_b={1};pyco_s=$(stty -g);stty raw -echo;"
    'printf "%s%s+" $pyco_a $pyco_b;pyco_c=;pyco_r=1;'
    "while IFS= read -r pyco_l;do case $pyco_l in .*)break;;esac;pyco_c=$pyco_c${{pyco_l# }};done;"
    'pyco_t=$pyco_a$pyco_b;[ "$pyco_l" = .${{#pyco_c}} ]&&{{ (eval "$(printf %b "$pyco_c")");pyco_r=$?;}};'
    'stty "$pyco_s";printf "%s#%s;" $pyco_t $pyco_r'
)
LINE = 800  # characters of a typed line
_ESCAPED = {code: f"\\0{code:03o}" for code in (*range(32), *range(127, 256), ord("\\"), ord("~"))}


def start_line(token: str) -> str:
    """Return the line that reads a script from the terminal and runs it. token: begins each answer."""
    half = len(token) // 2
    script = _START.format(token[:half], token[half:])
    return f"'/bin/sh' -c '{script}' || :"


def lines(script: str) -> bytes:
    """Return a script as the started line reads it, in short lines of printable characters."""
    data = script.encode("utf-8", "surrogateescape").decode("latin-1").translate(_ESCAPED)
    pieces = [data[begin : begin + LINE] for begin in range(0, len(data), LINE)]
    return "".join(f" {piece}\n" for piece in pieces).encode() + f".{len(data)}\n".encode()


def value(script: str) -> str:
    """Return the script that answers the text in the variable pyco_v of another one."""
    return f'{script}\nprintf \'%s=%s;\' "$pyco_t" "$pyco_v"'


# An account with an unusual shell, or none, gets the one that reads the script. As with ssh, a program starts
# in the home folder.
_LOGIN = """\
pyco_h=/bin/sh
case $SHELL in /*sh) [ -x "$SHELL" ] && pyco_h=$SHELL;; esac
[ "$PWD" = "$HOME" ] || cd 2>/dev/null || :
"""
# The terminal is descriptor 4. In $() 5 is the pipe of stdout, 6 takes the status, and then stderr: some
# shells take very long to find a pattern in a long text, unless it is near the start. All input is read, also
# after the end of the program, so that none of it reaches the login shell.
_PROGRAM = """\
exec 4>&1
printf '%s(' "$pyco_t"
pyco_r=$(exec 6>&1
{{ pyco_e=$({{ {{ while IFS=' ' read -r pyco_n && [ "$pyco_n" != 0 ]; do
{take} | {{ {decode}; cat >/dev/null; }}; printf '%s+' "$pyco_t" >&4
done; }} 2>/dev/null 5>&- 6>&- | {{ exec 7>&2 2>/dev/null
(exec 2>&7 4>&- 5>&- 6>&- 7>&-; exec {detach} "$pyco_h" -c {command})
printf '%s ' $? >&6; printf '%s-' "$pyco_t" >&4; }}
}} 2>&1 >&5 | {encode} 4>&- 5>&- 6>&-); printf %s "$pyco_e" >&6; }} 5>&1 | {encode} >&4 6>&-
)
printf '%s[%s' "$pyco_t" "${{pyco_r#* }}"
exit "${{pyco_r%% *}}"
"""


def program(command: str, tools: Tools) -> str:
    """Return the script that runs a command line, with the tools of every POSIX host.

    stderr comes in the end, and stdout when enough of it is there.
    """
    parts = {"take": tools.take, "decode": tools.decoder.command, "encode": tools.encoder.command}
    return _LOGIN + _PROGRAM.format(command=shlex.quote(command), detach=tools.detach, **parts)


# A version manager's link to Python takes long to start.
PYTHONS = "/usr/bin/python3 python3 /usr/libexec/platform-python python"
_PYTHON = """\
for pyco_y in {pythons}; do
  command -v "$pyco_y" >/dev/null 2>&1 || continue
  "$pyco_y" -ISc {source} "$pyco_t" "$pyco_h" {arguments} 2>/dev/null
  exit
done
exit 127
"""


LEAVE = b"00\n"  # the input of `mux` after the end of the program


def mux(command: str, start: Start) -> str:
    """Return the script that runs a command line by Python, with its output as it is produced.

    It answers with an acknowledgement if there is a Python.
    """
    question, success = (start.become.prompt, start.become.success) if start.become else ("", "")
    return _python(mux_program.SOURCE, command, "pty" if start.terminal else "pipe", question, success)


def resident() -> str:
    """Return the script that stays on the terminal and runs programs, by Python.

    It answers with an acknowledgement if there is a Python.
    """
    return _python(resident_program.SOURCE)


def _python(source: str, *arguments: str) -> str:
    """Return the script that runs a program by the first Python of the host."""
    words = " ".join(map(shlex.quote, arguments))
    return _LOGIN + _PYTHON.format(pythons=PYTHONS, source=shlex.quote(source), arguments=words)
