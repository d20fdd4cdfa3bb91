# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The evaluation of an ssh configuration for one host, by the rules of ssh_config(5).

The first value of an option counts. Own code, because paramiko's SSHConfig has no Include, does not take the
user and the port that were asked for, lacks several tokens, and runs the commands of `Match exec` twice and
without a timeout.
"""

from __future__ import annotations

import getpass
import glob
import os
import re
import socket
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ..errors import ConnectTimedOut
from ..ownership import weakness
from . import files
from .base import TimedOut
from .deadline import call_until
from .local_addresses import is_in_any
from .local_command import succeeds
from .ssh_config_tokens import Tokens

_MAX_DEPTH = 16  # of Include lines, as in OpenSSH
_KEYWORD = re.compile(r"\s*([^\s=\"#]+)(?:\s*=\s*|\s+|$)(.*)")
_WORD = re.compile(r"""(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\\["'\\ ]|[^\s"'])+""")
_QUOTED = re.compile(r""""((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'|\\(["'\\ ])""")
_ESCAPED = re.compile(r"""\\(["'\\])""")
_COMMANDS = ("proxycommand", "remotecommand", "localcommand", "knownhostscommand")  # the rest of the line
_LISTS = ("identityfile", "certificatefile")  # every value counts
_SETS = ("userknownhostsfile", "globalknownhostsfile")  # the values of the first line count
_PROXIES = {"proxycommand": "proxyjump", "proxyjump": "proxycommand"}  # the first of the two counts
_YES = ("yes", "true", "always")

Values = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Source:
    """A file of the configuration.

    folder: of relative names in its Include lines. checked: True if it and its Include files must belong to
    the user or to root, and nobody else may write them.
    """

    file: Path
    folder: Path
    checked: bool = False


class ConfigFile:
    """The configuration in files and their Include files, evaluated for one host.

    sources: the files in order. user, port: asked for by the caller, "" and 0 for none. deadline: for
    commands and name lookups.
    """

    def __init__(self, sources: Sequence[Source], host: str, user: str, port: int, deadline: float) -> None:
        self._sources = sources
        self._source = sources[0]
        self._original = host
        self._host = host  # for `Host` lines
        self._deadline = deadline
        self._values: Values = {}
        if user:
            self._values["user"] = [user]
        if port:
            self._values["port"] = [str(port)]
        self._is_final = False
        self._wants_final = False
        self._results: dict[str, bool] = {}  # of commands; each is run once

    @property
    def file(self) -> Path:
        """Return the source that is being read, otherwise the first one."""
        return self._source.file

    def read(self) -> Mapping[str, Sequence[str]]:
        """Return the values of each option, by its name in lower case.

        Raises ValueError for an invalid line, OSError, and ConnectTimedOut.
        """
        self._pass()
        self._host = self.tokens().host
        if self._value("canonicalizehostname").lower() in _YES:
            self._host = self._canonical(self._host)
            self._wants_final = True
        if self._wants_final:
            self._is_final = True
            self._values["hostname"] = [self._host.replace("%", "%%")]
            self._pass()
        return self._values

    def tokens(self) -> Tokens:
        """Return the tokens, as far as the file is read."""
        local_user = getpass.getuser()
        name = self._value("hostname").replace("%%", "\0").replace("%h", self._original)
        return Tokens(
            host=name.replace("\0", "%") or self._original,
            original=self._original,
            port=self._value("port") or "22",
            user=self._value("user") or local_user,
            local_user=local_user,
            alias=self._value("hostkeyalias") or self._original,
            jump=self._value("proxyjump"),
        )

    def _value(self, name: str) -> str:
        return next(iter(self._values.get(name, ())), "")

    def _pass(self) -> None:
        for source in self._sources:
            self._source = source
            if source.file.exists():
                self._read(source.file, True, 0)
        self._source = self._sources[0]  # an invalid value may be from any

    def _check(self, file: Path, depth: int) -> None:
        """Raise ValueError for a loop of Include lines, or a file that another user may have written."""
        if depth > _MAX_DEPTH:
            raise ValueError(f"Include lines are nested more than {_MAX_DEPTH} levels deep at {file}")
        if self._source.checked:
            weak = weakness(os.fspath(file))
            if weak is not None:
                raise ValueError(f"{weak}. {weak.remedy}")

    def _read(self, file: Path, is_active: bool, depth: int) -> None:
        """Read a file; is_active: False if the Include line belongs to another host."""
        self._check(file, depth)
        applies = is_active
        for line in files.read(file).decode(errors="replace").splitlines():
            match = _KEYWORD.match(line)
            if match is None:
                continue
            name, text = match[1].lower(), match[2].strip()
            if not text:
                raise ValueError(f"missing argument in {line.strip()!r}")
            if name == "host":
                applies = is_active and self._is_host(split(text, name))
            elif name == "match":
                applies = is_active and self._matches(split(text, name))
            elif name == "include":
                for path in _included(split(text, name), self._source.folder):
                    self._read(path, applies, depth + 1)
            elif applies:
                self._set(name, [text] if name in _COMMANDS else split(text, name))

    def _set(self, name: str, values: list[str]) -> None:
        if name in _LISTS:
            known = self._values.setdefault(name, [])
            known += [value for value in values if value not in known]
        elif name in _SETS:
            self._values.setdefault(name, values)
        elif _PROXIES.get(name) not in self._values:
            self._values.setdefault(name, [" ".join(values)])

    def _is_host(self, patterns: Sequence[str]) -> bool:
        if any(item.startswith("!") and glob_match(self._host, item[1:]) for item in patterns):
            return False
        return any(glob_match(self._host, item) for item in patterns)

    def _matches(self, criteria: list[str]) -> bool:
        """Return True if all criteria of a Match line are met. Commands run only if the earlier ones are."""
        rest = iter(criteria)
        result = True
        for criterion in rest:
            name, has_value, value = criterion.lower().lstrip("!").partition("=")
            if name not in ("all", "canonical", "final"):
                value = criterion.partition("=")[2] if has_value else next(rest, "")
                if not value:
                    raise ValueError(f"missing argument of Match {name}")
            result = result and self._meets(name, value) != criterion.startswith("!")
            self._wants_final = self._wants_final or name == "final"
        return result

    def _meets(self, name: str, value: str) -> bool:
        tokens = self.tokens()
        if name == "all":
            return True
        if name in ("canonical", "final"):
            return self._is_final
        if name == "exec":
            return self._succeeds(tokens.expand_command(value))
        if name == "localnetwork":
            return is_in_any(value)
        texts = {
            "host": tokens.host.lower(),
            "originalhost": tokens.original.lower(),
            "user": tokens.user,
            "localuser": tokens.local_user,
            "tagged": self._value("tag"),
            "command": "",  # a session is a shell
            "sessiontype": "shell",
            "version": "",  # of OpenSSH: this is not OpenSSH
        }
        if name not in texts:
            raise ValueError(f"unsupported criterion of Match: {name!r}")
        return _in_list(texts[name], value)

    def _succeeds(self, command: str) -> bool:
        if command not in self._results:
            try:
                self._results[command] = succeeds(command, self._deadline)
            except TimedOut as exc:
                raise ConnectTimedOut(
                    f"The command of Match exec in {self.file} did not end in time."
                ) from exc
        return self._results[command]

    def _canonical(self, host: str) -> str:
        """Return the name in the first domain of CanonicalDomains that has it, else the same name."""
        if host.count(".") > int(self._value("canonicalizemaxdots") or 1):
            return host
        for domain in self._value("canonicaldomains").split():
            name = f"{host}.{domain}"
            try:
                call_until(self._deadline, partial(socket.getaddrinfo, name, None), (OSError,))
            except OSError:
                continue
            except TimedOut as exc:
                raise ConnectTimedOut(f"The name {name} was not resolved in time.") from exc
            return name
        if self._value("canonicalizefallbacklocal").lower() == "no":
            raise ValueError(f"no domain of CanonicalDomains has the host {host}")
        return host


def split(text: str, name: str) -> list[str]:
    """Return the arguments of an option, without quotes, up to a comment. Raises ValueError."""
    words, position = [], 0
    while position < len(text) and text[position] != "#":
        match = _WORD.match(text, position)
        if match is None:
            raise ValueError(f"no closing quotation in {name}")
        words.append(_QUOTED.sub(_unquoted, match[0]))
        position = match.end() + len(text[match.end() :]) - len(text[match.end() :].lstrip())
    if not words:
        raise ValueError(f"missing argument in {name}")
    return words


def _unquoted(match: re.Match[str]) -> str:
    quoted = match[1] if match[1] is not None else match[2]
    return match[3] if quoted is None else _ESCAPED.sub(r"\1", quoted)


def glob_match(text: str, pattern: str) -> bool:
    """Return True if the text matches the pattern, with the wildcards `*` and `?`."""
    regex = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(regex, text, re.DOTALL) is not None


def _in_list(text: str, patterns: str) -> bool:
    """Return True if the text matches a comma-separated list; a match of `!pattern` decides against it."""
    items = patterns.split(",")
    if any(item.startswith("!") and glob_match(text, item[1:]) for item in items):
        return False
    return any(glob_match(text, item) for item in items)


def _included(patterns: Sequence[str], folder: Path) -> Iterator[Path]:
    for pattern in patterns:
        path = os.path.join(folder, os.path.expanduser(pattern))
        yield from (Path(name) for name in sorted(glob.glob(path)))
