# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logins by a program: their fields and URLs."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyco_core.errors import EndpointError, InvalidParameter, InvalidUrl
from pyco_core.models.endpoint import Endpoint, as_endpoint, parse_url
from pyco_core.models.secret import Secret


def program(command: str, **parts: Any) -> Endpoint:
    return Endpoint(protocol="exec", command=command, **parts)


@pytest.mark.parametrize(
    ("url", "endpoint"),
    [
        ("exec:///bin/sh", program("/bin/sh")),
        ("EXEC://ip netns exec r1 bash", program("ip netns exec r1 bash")),
        ("exec://picocom -q /dev/ttyS0", program("picocom -q /dev/ttyS0")),
        ("exec://kubectl exec -it pod -- sh", program("kubectl exec -it pod -- sh")),
        ("exec://ip%20netns%20exec r1 bash", program("ip netns exec r1 bash")),
        ("exec://date +%d%25da%2C", program("date +%d%da,")),
        ("exec://ssh root@r1:22", program("ssh root@r1:22")),
        ("exec:///opt/python@3/bin/python -i", program("/opt/python@3/bin/python -i")),
        ("exec://./a@b", program("./a@b")),
        ("exec://a%40b c", program("a@b c")),
        ("exec://ops@picocom /dev/ttyS0", program("picocom /dev/ttyS0", user="ops")),
        ("exec://ops:@cu", program("cu", user="ops", password=Secret(""))),
        ("exec://ops:p@ss/w%20rd@cu -l x", program("cu -l x", user="ops", password=Secret("p@ss/w rd"))),
        ("exec://:pw@/usr/bin/cu", program("/usr/bin/cu", password=Secret("pw"))),
    ],
)
def test_url_of_program_is_parsed(url: str, endpoint: Endpoint) -> None:
    assert parse_url(url) == endpoint


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("exec://", "The URL has no command."),
        ("exec://  ", "The URL has no command."),
        ("exec://%20", "The URL has no command."),
        ("exec:/bin/sh", "The URL cannot be read."),
        ("exec:/sh", "The URL cannot be read."),
        ("exec://ops:pass@", "The URL cannot be read."),
        ("exec://ops:two words@cu", "The URL cannot be read."),
        ("exec://o%0aps@cu", "The user in the URL is not a user name."),
        ("exec://ops:a%0ab@cu", "The password in the URL holds a character that cannot be typed."),
        ("exec://%ff@cu", "The percent-encoding in the URL is not UTF-8."),
        ("exec://cu %ff", "The percent-encoding in the URL is not UTF-8."),
    ],
)
def test_invalid_url_of_program_is_refused(url: str, message: str) -> None:
    with pytest.raises(InvalidUrl) as caught:
        parse_url(url)
    assert caught.value.message == message


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"command": ""}, "The protocol exec needs a command."),
        ({"command": "a\nb"}, "The command holds a line end or another character that cannot be typed."),
        ({"host": "r1"}, "A login of the protocol exec has neither host nor port."),
        ({"port": 22}, "A login of the protocol exec has neither host nor port."),
        ({"protocol": "ssh", "host": "r1"}, "A command is for the protocol exec, not for ssh."),
        (
            {"command": "curl https://u:s3cret@r1/"},
            "The command holds a URL with a password, which the process list shows to every user.",
        ),
    ],
)
def test_invalid_program_is_refused_and_not_repeated(parts: dict[str, Any], message: str) -> None:
    with pytest.raises(EndpointError) as caught:
        Endpoint(**{"protocol": "exec", "command": "cu", **parts})
    assert caught.value.message == message
    assert "s3cret" not in str(caught.value)


def test_fields_override_parts_of_program_url() -> None:
    endpoint = as_endpoint("exec://cu -l x", {"driver": "linux", "user": "ops", "password": "p"})
    assert endpoint == program("cu -l x", driver="linux", user="ops", password=Secret("p"))
    with pytest.raises(InvalidParameter, match="A command is for the protocol exec, not for telnet"):
        as_endpoint("exec://cu", {"protocol": "telnet", "host": "r1"})


def test_program_is_named_by_its_command() -> None:
    endpoint = program("date +%da", user="ops", password=Secret("p"))
    assert (str(endpoint), endpoint.address) == ("ops@date +%da", "exec://ops@date +%da")
    assert endpoint.url == "exec://ops:********@date +%25da"
    assert (endpoint.name, endpoint.is_usual_port) == ("date +%da", False)
    assert (Endpoint("r1").name, Endpoint("r1").is_usual_port) == ("r1", True)


@given(st.text(st.characters(exclude_categories=["C", "Z"], include_characters=" "), min_size=1))
def test_command_survives_its_url(command: str) -> None:
    first = command.split(" ")[0]
    if command.strip() and not command.startswith(" ") and ":" not in first and "\ufffd" not in command:
        try:
            endpoint = program(command)
        except InvalidParameter:  # a URL with a password
            return
        assert parse_url(endpoint.url) == endpoint
