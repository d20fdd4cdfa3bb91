# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of ~/.ssh/config for a host, as data."""

from __future__ import annotations

import glob
import os
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

import paramiko

from ..errors import InvalidParameter

USER_FILE = "~/.ssh/config"

_INCLUDE = re.compile(r"\s*include(?:\s*=\s*|\s+)(.+)", re.IGNORECASE)
_BLOCK = re.compile(r"\s*(?:host|match)\b", re.IGNORECASE)
_MAX_DEPTH = 16  # of Include lines, as in OpenSSH


@dataclass(frozen=True, slots=True)
class Algorithms:
    """OpenSSH's lists: comma-separated names, perhaps preceded by +, - or ^; "" is the default."""

    ciphers: str = ""
    macs: str = ""
    kex: str = ""
    host_keys: str = ""


@dataclass(frozen=True, slots=True)
class HostConfig:
    """The settings of one host; "" and 0 are unset.

    host: HostName, or the name of the lookup. proxy_jump: ssh URLs, the first hop first.
    proxy_command: a shell command with the host's stream on its standard input and output.
    """

    host: str
    port: int = 0
    user: str = ""
    private_key_files: tuple[str, ...] = ()
    proxy_jump: tuple[str, ...] = ()
    proxy_command: str = ""
    algorithms: Algorithms = Algorithms()


def lookup(host: str, path: str = "") -> HostConfig:
    """Return the settings of a host. A missing file is empty.

    path: of the file; "" is ~/.ssh/config. Raises InvalidParameter if the file cannot be read or has an
    error.
    """
    file = Path(os.path.expanduser(path or USER_FILE))
    try:
        options = paramiko.SSHConfig.from_text("\n".join(_lines(file, 0))).lookup(host)
        return _host_config(options)
    except FileNotFoundError:
        return HostConfig(host)
    except (OSError, ValueError, KeyError, ImportError, paramiko.SSHException) as exc:
        raise InvalidParameter(
            f"The ssh configuration {file} cannot be used: {exc}.", hint="Check ssh_config."
        ) from exc


def _host_config(options: paramiko.SSHConfigDict) -> HostConfig:
    jumps = options.get("proxyjump") or "none"
    return HostConfig(
        host=options["hostname"],
        port=int(options.get("port", 0)),
        user=options.get("user", ""),
        private_key_files=tuple(name for name in options.get("identityfile", ()) if name.lower() != "none"),
        proxy_jump=tuple(_url(jump) for jump in jumps.split(",")) if jumps.lower() != "none" else (),
        proxy_command=options.get("proxycommand") or "",
        algorithms=Algorithms(
            ciphers=options.get("ciphers", ""),
            macs=options.get("macs", ""),
            kex=options.get("kexalgorithms", ""),
            host_keys=options.get("hostkeyalgorithms", ""),
        ),
    )


def _url(jump: str) -> str:
    jump = jump.strip()
    return jump if jump.startswith("ssh://") else f"ssh://{jump}"


def _lines(file: Path, depth: int) -> list[str]:
    """Return the lines of the file, with the contents of its Include files. paramiko has no Include."""
    if depth > _MAX_DEPTH:
        raise ValueError(f"Include lines are nested more than {_MAX_DEPTH} levels deep at {file}")
    lines: list[str] = []
    block = "Host *"
    for line in file.read_text(errors="replace").splitlines():
        include = _INCLUDE.fullmatch(line)
        if include is None:
            block = line if _BLOCK.match(line) else block
            lines.append(line)
            continue
        for pattern in shlex.split(include[1]):
            path = os.path.join(os.path.expanduser("~/.ssh"), os.path.expanduser(pattern))
            for name in sorted(glob.glob(path)):
                lines += _lines(Path(name), depth + 1)
        lines.append(block)  # the included file may have started another block
    return lines
