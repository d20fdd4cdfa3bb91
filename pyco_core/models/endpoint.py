# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One login as data, and its URL."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any
from urllib.parse import quote, unquote

from ..errors import EndpointError, InvalidParameter, InvalidUrl, UnsupportedProtocol
from .checks import check_fields, check_name, check_no_login, check_pattern, check_type, wrong
from .secret import MASK, Secret, shown

PORTS = {"ssh": 22, "telnet": 23}
EXEC = "exec"  # the protocol of a program, which has neither host nor port
SECRETS = ("password", "passphrase", "become_password")
_NO_LOGIN = {"driver": "the name of a driver", "private_key_file": "a file"}
PROMPTS = ("username_prompt", "password_prompt")

_URL = re.compile(
    r"(?:(?P<protocol>[A-Za-z][A-Za-z0-9+.-]*)://)?"
    r"(?:(?P<user>[^:@/]*)(?::(?P<password>.*))?@)?"  # the last "@" ends a password
    r"(?P<host>\[[^\]\s]+\]|[^:@/\[\]\s]+)"
    r"(?::(?P<port>[^/@]*))?"
    r"(?:/(?P<driver>[^/@]*))?",
    re.DOTALL,
)
# RFC 952 and 1123 names, with the underscore that inventories use, IPv4, and IPv6 with its zone.
# A leading "-" would be an option if the host is typed into a shell.
_HOST = re.compile(r"[A-Za-z0-9_:][A-Za-z0-9_.:%-]*")
_PORT = re.compile(r"[0-9]{1,5}")
# A line end in a password would type a second line; half a surrogate pair has no UTF-8.
_NOT_TYPED = re.compile("[\0\r\n\ud800-\udfff]")
_ONE_SLASH = re.compile(r"(?i)(?:ssh|telnet):(?:/(?!/)|(?!/).*@)|exec:/(?!/)", re.DOTALL)  # no user or host
_FORM = "Its form is [protocol://][user[:password]@]host[:port][/driver]."
_EXEC_URL = re.compile("(?i:exec)://(.*)", re.DOTALL)
_NOT_UTF8 = "The percent-encoding in the URL is not UTF-8."
_EXEC_FORM = "Its form is exec://[user[:password]@]command."
_ENCODED = re.compile("%(?=[0-9A-Fa-f]{2})")
_PASSWORD_IN_COMMAND = re.compile(r"://[^\s/@]*:[^\s/]*@")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One login as data.

    protocol: "ssh", "telnet" or "exec".
    port: 1 to 65535; 0 in the constructor selects the protocol's default (22, 23).
    user: "" if the host asks for none; ssh then uses the user of its configuration or the local one.
    driver: "" leaves the choice to the caller.
    passphrase: of private_key_file; None tries the password.
    become_password: for the `enable` of a network driver.
    username_prompt, password_prompt: regular expressions of the host's questions for user and password, for
    a host with others than its driver; "" for none. They match up to the end of an unfinished line.
    command: for the protocol "exec", which has neither host nor port: a program with its arguments. The first
    login of a route starts it on this machine, without a shell; a later one types it into the previous hop.

    Raises UnsupportedProtocol, InvalidUrl (host, port or user) and InvalidParameter (a value of the wrong
    type, a password that cannot be typed, an invalid regular expression).
    """

    host: str = ""
    protocol: str = "ssh"
    port: int = 0
    user: str = ""
    password: Secret | None = None
    driver: str = ""
    private_key_file: str = ""
    passphrase: Secret | None = None
    become_password: Secret | None = None
    username_prompt: str = ""
    password_prompt: str = ""
    command: str = ""

    def __post_init__(self) -> None:
        check_fields(self, "The field {!r} of an endpoint")
        if self.protocol == EXEC:
            _check_program(self)
        elif self.protocol in PORTS:
            self._check_host()
        else:
            raise UnsupportedProtocol(
                f"The protocol {shown(self.protocol)} is not supported.", hint="Use ssh, telnet or exec."
            )
        if not _is_user(self.user):
            raise _wrong_name("user", self.user, "a user name")
        for name, expected in _NO_LOGIN.items():
            check_no_login(f"The field {name!r} of an endpoint", getattr(self, name), expected)
        for name in ("password", "become_password"):
            secret: Secret | None = getattr(self, name)
            if secret is not None and _NOT_TYPED.search(secret.reveal()):
                raise InvalidParameter(
                    f"The {name} holds a line end or another character that cannot be typed.",
                    hint="A text from a file or a vault often ends in a line end.",
                )
        for name in PROMPTS:
            _check_prompt(f"The field {name!r} of an endpoint", getattr(self, name))

    def _check_host(self) -> None:
        """Check the host and the port, and fill in the default port."""
        if not _HOST.fullmatch(self.host):
            raise _wrong_name("host", self.host, "a host name or address")
        if self.command:
            raise InvalidParameter(f"A command is for the protocol exec, not for {self.protocol}.")
        if not self.port:
            object.__setattr__(self, "port", PORTS[self.protocol])
        if not 0 < self.port < 65536:
            raise InvalidUrl(f"{shown(self.port)} is not a port.", hint="A port is 1 to 65535.")

    def __str__(self) -> str:
        """Return `user@host:port`, or the command of a program, as in messages."""
        user = f"{self.user}@" if self.user else ""
        return user + (self.command or f"{bracketed(self.host)}:{self.port}")

    @property
    def address(self) -> str:
        """Return `protocol://user@host:port` or `exec://user@command`, as in results."""
        return f"{self.protocol}://{self}"

    @property
    def name(self) -> str:
        """Return the host, or the command of a program."""
        return self.host or self.command

    @property
    def is_usual_port(self) -> bool:
        """Return True for the usual port of the protocol. A program, such as `picocom`, has none."""
        return self.port == PORTS.get(self.protocol)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return the texts that must be masked in all output about this login."""
        secrets = (self.password, self.passphrase, self.become_password)
        return tuple(secret.reveal() for secret in secrets if secret)

    @property
    def url(self) -> str:
        """Return the endpoint as a URL, the password masked."""
        user = quote(self.user, safe="") + (f":{MASK}" if self.password else "")
        driver = f"/{self.driver}" if self.driver else ""
        login = f"{user}@" if user else ""
        if self.command:
            program, *rest = _ENCODED.sub("%25", self.command).split(" ", 1)
            return f"{self.protocol}://{login}{' '.join((program.replace('@', '%40'), *rest))}"
        return f"{self.protocol}://{login}{bracketed(self.host)}:{self.port}{driver}"


Route = tuple[Endpoint, ...]  # the hops in order, and the target


def _wrong_name(field: str, value: str, expected: str) -> InvalidUrl:
    """Return the error for a host or a user. It does not repeat a text that may hold a password."""
    if "@" in value or ":" in value:
        return InvalidUrl(
            f"The {field} is not {expected}. It holds `@` or `:`, as a URL does.",
            hint=f"Put each part into its own field, or all into the URL. {_FORM}",
        )
    return InvalidUrl(f"{value!r} is not {expected}.")


def bracketed(host: str) -> str:
    """Return an IPv6 address in brackets, any other host unchanged."""
    return f"[{host}]" if ":" in host else host


def parse_url(url: str) -> Endpoint:
    """Read a URL of the form [protocol://][user[:password]@]host[:port][/driver] or exec://[user[:password]@]command.

    User and password may be percent-encoded. This is required for `@`, `:` or `/` in a user, and for `%`
    followed by two hexadecimal digits in either. An IPv6 address is in brackets. No message repeats more of
    the URL than the protocol: if a part is missing, another part may be the password.

    Raises InvalidUrl, InvalidParameter (no string) and UnsupportedProtocol.
    """
    check_type("The URL", url, (str,), "a string")
    if program := _EXEC_URL.fullmatch(url):
        return _program(program[1])
    match = _URL.fullmatch(url)
    if match is None or _ONE_SLASH.match(url):
        raise InvalidUrl("The URL cannot be read.", hint=_FORM)
    part = match.groupdict(default="")
    host, port = part["host"].strip("[]"), part["port"]
    if not _HOST.fullmatch(host):
        raise InvalidUrl("The host in the URL is not a host name or address.", hint=_FORM)
    if port and not (_PORT.fullmatch(port) and 0 < int(port) < 65536):
        raise InvalidUrl("The port in the URL is not a number from 1 to 65535.", hint=_FORM)
    return Endpoint(
        host=host,
        protocol=part["protocol"].lower() or "ssh",
        port=int(port or 0),
        **_credentials(part["user"], match["password"], _FORM),
        driver=part["driver"],
    )


def _program(text: str) -> Endpoint:
    """Return the endpoint of an `exec` URL. text: without the protocol.

    The user and the password are in the first word; a command may have an `@`, and so may the folder of a
    program, such as /opt/python@3/bin.
    """
    first = "".join(text.split(maxsplit=1)[:1])
    login, at, program = first.rpartition("@")
    user, colon, password = login.partition(":")
    if "/" in user:
        login = at = user = colon = ""
    if (at and not program) or (not at and "@" in text and ":" in first.partition("/")[0]):
        raise InvalidUrl("The URL cannot be read.", hint=_EXEC_FORM)
    command = unquote(text.lstrip().removeprefix(f"{login}{at}"))
    if not command.strip():
        raise InvalidUrl("The URL has no command.", hint=_EXEC_FORM)
    if "\ufffd" in command:
        raise InvalidUrl(_NOT_UTF8)
    credentials = _credentials(user, password if colon else None, _EXEC_FORM)
    return Endpoint(protocol=EXEC, command=command, **credentials)


def _credentials(user: str, password: str | None, form: str) -> dict[str, Any]:
    """Return the decoded user and password of a URL as fields. Raises InvalidUrl."""
    name, text = unquote(user), unquote(password or "")
    if "\ufffd" in name + text:  # unquote() replaces invalid UTF-8 by it
        raise InvalidUrl(_NOT_UTF8)
    if not _is_user(name):
        raise InvalidUrl("The user in the URL is not a user name.", hint=form)
    if _NOT_TYPED.search(text):
        raise InvalidUrl("The password in the URL holds a character that cannot be typed.")
    return {"user": name, "password": None if password is None else Secret(text)}


def _check_program(endpoint: Endpoint) -> None:
    """Check the fields of a program. The errors do not repeat the command."""
    if endpoint.host or endpoint.port:
        raise InvalidUrl("A login of the protocol exec has neither host nor port.")
    if not endpoint.command.strip():
        raise InvalidParameter("The protocol exec needs a command.", setting="command")
    if not endpoint.command.isprintable():
        raise InvalidParameter("The command holds a line end or another character that cannot be typed.")
    if _PASSWORD_IN_COMMAND.search(endpoint.command):
        raise InvalidParameter(
            "The command holds a URL with a password, which the process list shows to every user.",
            hint="Set user and password of the login; they answer the questions of the program.",
        )


def as_endpoint(url: str | Endpoint, parts: Mapping[str, Any]) -> Endpoint:
    """Return an endpoint from a URL or an endpoint, with fields that override its own.

    parts: fields of Endpoint. A string for a secret becomes a Secret. Raises EndpointError.
    """
    if not isinstance(url, (str, Endpoint)):
        raise wrong("The device", "a URL or an Endpoint", url, "Example: 'ssh://user@host/driver'.")
    names = tuple(field.name for field in fields(Endpoint))
    values = dict(parts)
    for name, value in parts.items():
        check_name(name, names, "A device", "field")
        if name in SECRETS and isinstance(value, str):
            values[name] = Secret(value)
    return replace(parse_url(url) if isinstance(url, str) else url, **values)


def as_endpoints(hops: object, prefix: str = "") -> tuple[Endpoint, ...]:
    """Return the endpoints of hops: URLs, endpoints, devices, or a single one of them.

    prefix: start of its messages. Raises EndpointError, which names the position of the hop, 1 for the first.
    """
    if isinstance(getattr(hops, "endpoint", hops), (str, Endpoint)):
        hops = (hops,)
    if isinstance(hops, (bytes, Mapping)) or not isinstance(hops, Iterable):
        raise wrong(f"{prefix}The hops", "a list of URLs, endpoints or devices", hops)
    return tuple(
        _hop(getattr(hop, "endpoint", hop), f"{prefix}Hop {place}") for place, hop in enumerate(hops, 1)
    )


def _hop(hop: object, label: str) -> Endpoint:
    if not isinstance(hop, (str, Endpoint)):
        raise wrong(label, "a URL, an Endpoint or a device", hop)
    try:
        return as_endpoint(hop, {})
    except EndpointError as exc:
        raise type(exc)(f"{label}: {exc.message}", hint=exc.hint) from None


def _check_prompt(label: str, regex: str) -> None:
    check_pattern(label, regex)
    if regex and re.search(regex, ""):
        raise InvalidParameter(f"{label}: {regex!r} matches an empty line.")


def _is_user(text: str) -> bool:
    return "://" not in text and text.isprintable() and " " not in text and not text.startswith("-")
