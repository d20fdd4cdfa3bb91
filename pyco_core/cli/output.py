# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The `--output` of a command."""

from __future__ import annotations

import argparse
import errno
import os
import stat
import sys
from contextlib import suppress
from pathlib import Path

from ..errors import CommandError, InvalidParameter, PycoError

# The arguments of a login that set a field, as the remedy of an error names them.
ARGUMENTS = {
    "user": "User in the URL: ssh://USER@HOST",
    "driver": "Option: --driver",
    "password": "Option: --password-file",
    "become_password": "Option: --become-password-file",
    "known_hosts": "Option: --known-hosts",
    "connect_timeout": "Option: --timeout",
}


def add_argument(parser: argparse.ArgumentParser) -> None:
    """Add `--output`."""
    parser.add_argument(
        "--output", default="", metavar="FILE", help="write to this file (default: standard output)"
    )


def check(file: str) -> None:
    """Raise InvalidParameter if the file cannot be written. Nothing is created; "" is standard output."""
    if not file:
        return
    path = Path(file)
    folder = path.parent
    if path.is_symlink():
        code = errno.ELOOP
    elif path.is_dir():
        code = errno.EISDIR
    elif not folder.is_dir():
        code = errno.ENOENT
    elif not os.access(path if path.exists() else folder, os.W_OK):
        code = errno.EACCES
    else:
        return
    raise _cannot_write(file, os.strerror(code))


def show(text: str) -> None:
    """Write text to standard output. Raises InvalidParameter, and BrokenPipeError if its reader has ended."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as exc:
        with suppress(OSError):  # at its end Python would try to write the rest
            sys.stdout.close()
        raise _cannot_write("Standard output", exc.strerror) from exc


def report(error: PycoError) -> None:
    """Write an error to standard error, with the argument to change and the end of the device's output."""
    argument = ARGUMENTS.get(error.setting, "")
    sys.stderr.write(f"{error}{argument and f' {argument}.'}\n")
    if error.last_output and not isinstance(error, CommandError):  # the output of a command is printed
        lines = "".join(f"  {line}\n" for line in error.last_output.splitlines())
        sys.stderr.write(f"The end of its output:\n{lines}")


def write(file: str, text: str, remark: str = "") -> None:
    """Write text to a file and report it on standard error, followed by the remark.

    file: "" writes to standard output, without a report.

    Raises InvalidParameter if the file cannot be written.
    """
    if not file:
        show(text)
        return
    try:
        _write_private(file, text)
    except OSError as exc:
        raise _cannot_write(file, exc.strerror) from exc
    sys.stderr.write(f"Wrote {file}.{remark and ' '}{remark}\n")


def _write_private(file: str, text: str) -> None:
    """Write a file that only its owner can read. An existing file is replaced, a symbolic link is refused."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK  # not blocked by a FIFO without a reader
    with os.fdopen(os.open(file, flags, 0o600), "w", encoding="utf-8", errors="backslashreplace") as target:
        status = os.fstat(target.fileno())
        if stat.S_ISREG(status.st_mode):
            if status.st_uid != os.getuid() or status.st_nlink > 1:
                raise OSError(errno.EPERM, "It is not a file of this user with a single name")
            os.fchmod(target.fileno(), 0o600)
            target.truncate(0)
        target.write(text)


def _cannot_write(file: str, reason: str | None) -> InvalidParameter:
    if reason == os.strerror(errno.ELOOP):
        reason = "It is a symbolic link"
    return InvalidParameter(f"{file} cannot be written: {reason}.")
