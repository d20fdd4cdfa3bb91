# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Endpoints and their URLs: defaults, checks, and errors that repeat no password."""

from __future__ import annotations

import string
from contextlib import suppress
from dataclasses import Field, fields, replace
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pyco_core.errors import EndpointError, InvalidParameter, InvalidUrl, UnsupportedProtocol
from pyco_core.models.endpoint import Endpoint, bracketed, parse_url
from pyco_core.models.secret import Secret

HIDDEN = "S3cret-word"


def login(**parts: Any) -> Endpoint:
    return Endpoint(**{"host": "r1", **parts})


# Endpoints.


def test_port_defaults_to_that_of_protocol() -> None:
    assert login().port == 22
    assert login(protocol="telnet").port == 23
    assert login(port=2222).port == 2222


@pytest.mark.parametrize(
    ("parts", "error", "message"),
    [
        ({"protocol": "http"}, UnsupportedProtocol, "The protocol 'http' is not supported."),
        ({"host": ""}, InvalidUrl, "'' is not a host name or address."),
        ({"host": "-oProxyCommand=x"}, InvalidUrl, "'-oProxyCommand=x' is not a host name or address."),
        ({"host": "r1;reboot"}, InvalidUrl, "'r1;reboot' is not a host name or address."),
        (
            {"host": "u:pass@r1"},
            InvalidUrl,
            "The host is not a host name or address. It holds `@` or `:`, as a URL does.",
        ),
        (
            {"user": "u:pass@r1 x"},
            InvalidUrl,
            "The user is not a user name. It holds `@` or `:`, as a URL does.",
        ),
        (
            {"user": "telnet://u:pass@r1"},
            InvalidUrl,
            "The user is not a user name. It holds `@` or `:`, as a URL does.",
        ),
        ({"protocol": "telnet://u:pass@r1"}, UnsupportedProtocol, "The protocol a URL is not supported."),
        (
            {"driver": "u:pass@r1"},
            InvalidParameter,
            "The field 'driver' of an endpoint: expected the name of a driver, got a URL.",
        ),
        (
            {"private_key_file": "/tmp/ssh:/u:pass@r1"},
            InvalidParameter,
            "The field 'private_key_file' of an endpoint: expected a file, got a URL.",
        ),
        ({"host": "r1\n"}, InvalidUrl, "'r1\\n' is not a host name or address."),
        ({"user": "a b"}, InvalidUrl, "'a b' is not a user name."),
        ({"user": "-l"}, InvalidUrl, "'-l' is not a user name."),
        ({"user": "a\x7f"}, InvalidUrl, "'a\\x7f' is not a user name."),
        ({"user": "a\udcff"}, InvalidUrl, "'a\\udcff' is not a user name."),
        ({"port": 65536}, InvalidUrl, "65536 is not a port."),
        ({"port": -1}, InvalidUrl, "-1 is not a port."),
        (
            {"port": "22"},
            InvalidParameter,
            "The field 'port' of an endpoint: expected a whole number, got str.",
        ),
        ({"host": None}, InvalidParameter, "The field 'host' of an endpoint: expected a string, got None."),
        (
            {"private_key_file": "a\0"},
            InvalidParameter,
            "The field 'private_key_file' of an endpoint: the text has a NUL or is not valid Unicode.",
        ),
    ],
)
def test_invalid_endpoint_is_refused(parts: dict[str, Any], error: type[EndpointError], message: str) -> None:
    with pytest.raises(error) as caught:
        login(**parts)
    assert caught.value.message == message


@pytest.mark.parametrize("field", fields(Endpoint), ids=lambda field: str(field.name))
@pytest.mark.parametrize("value", [object(), b"x", {"x": 1}, True])
def test_field_of_wrong_type_is_refused(field: Field[Any], value: Any) -> None:
    with pytest.raises(InvalidParameter) as caught:
        login(**{field.name: value})
    assert caught.value.message.startswith(f"The field {field.name!r} of an endpoint: expected a")


def test_password_that_is_no_secret_is_refused_and_not_repeated() -> None:
    password: Any = HIDDEN
    with pytest.raises(InvalidParameter) as caught:
        login(password=password)
    assert str(caught.value) == (
        "The field 'password' of an endpoint: expected a Secret or None, got str. "
        "Wrap the text: Secret('...')."
    )


@pytest.mark.parametrize("url", [None, 5, b"ssh://r1"])
def test_url_that_is_no_string_is_refused(url: Any) -> None:
    with pytest.raises(InvalidParameter, match="The URL: expected a string, got"):
        parse_url(url)


@pytest.mark.parametrize("name", ["password", "become_password"])
@pytest.mark.parametrize("ending", ["\n", "\r", "\0", "\udcff"])
def test_password_that_cannot_be_typed_is_refused_and_not_repeated(name: str, ending: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        login(**{name: Secret(HIDDEN + ending)})
    assert caught.value.message == f"The {name} holds a line end or another character that cannot be typed."
    assert HIDDEN not in str(caught.value) + repr(caught.value)


def test_passphrase_may_contain_line_ends() -> None:
    assert login(passphrase=Secret("two\nlines")).passphrase == Secret("two\nlines")


def test_secrets_are_all_texts_that_are_not_empty() -> None:
    whole = login(password=Secret("a"), passphrase=Secret("b"), become_password=Secret("c"))
    assert whole.secrets == ("a", "b", "c")
    assert replace(whole, password=Secret(""), passphrase=None).secrets == ("c",)
    assert login().secrets == ()


@pytest.mark.parametrize(
    ("endpoint", "text", "url"),
    [
        (login(), "r1:22", "ssh://r1:22"),
        (login(user="u"), "u@r1:22", "ssh://u@r1:22"),
        (login(password=Secret("p")), "r1:22", "ssh://:********@r1:22"),
        (login(host="::1", user="u", password=Secret("p")), "u@[::1]:22", "ssh://u:********@[::1]:22"),
        (login(user="DOM\\u:x@y", driver="linux"), "DOM\\u:x@y@r1:22", "ssh://DOM%5Cu%3Ax%40y@r1:22/linux"),
    ],
)
def test_endpoint_is_named_by_user_host_and_port(endpoint: Endpoint, text: str, url: str) -> None:
    assert str(endpoint) == text
    assert endpoint.url == url


def test_only_ipv6_address_is_bracketed() -> None:
    assert bracketed("fe80::1%eth0") == "[fe80::1%eth0]"
    assert bracketed("10.0.0.1") == "10.0.0.1"


# URLs.


@pytest.mark.parametrize(
    ("url", "endpoint"),
    [
        ("r1", login()),
        ("r1/", login()),
        ("r1:", login()),
        ("@r1", login()),
        ("r1/linux", login(driver="linux")),
        ("TELNET://R1", login(host="R1", protocol="telnet")),
        ("ssh://u:p@r1:2222/linux", login(user="u", password=Secret("p"), port=2222, driver="linux")),
        ("u:@r1", login(user="u", password=Secret(""))),
        (":p@r1", login(password=Secret("p"))),
        ("u@r1", login(user="u")),
        ("u:p@ss:w/rd@r1", login(user="u", password=Secret("p@ss:w/rd"))),
        ("u:p%40%3a%2f%25@r1", login(user="u", password=Secret("p@:/%"))),
        ("u:100%@r1", login(user="u", password=Secret("100%"))),
        ("u:two\tbits@r1", login(user="u", password=Secret("two\tbits"))),
        ("a%40b%3ac:p@r1", login(user="a@b:c", password=Secret("p"))),
        ("u:%C3%A9\u00e9@r1", login(user="u", password=Secret("\u00e9\u00e9"))),
        ("ssh://[::1]", login(host="::1")),
        ("ssh://[2001:db8::1]:2222/frr", login(host="2001:db8::1", port=2222, driver="frr")),
        ("u@[fe80::1%eth0]", login(host="fe80::1%eth0", user="u")),
        ("10.0.0.1", login(host="10.0.0.1")),
        ("r1_core.example.net.", login(host="r1_core.example.net.")),
        ("r1:00022", login(port=22)),
    ],
)
def test_url_is_parsed(url: str, endpoint: Endpoint) -> None:
    assert parse_url(url) == endpoint


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("", "The URL cannot be read."),
        ("ssh://", "The URL cannot be read."),
        ("u@h@r1", "The URL cannot be read."),
        ("ssh:/user@r1", "The URL cannot be read."),
        ("ssh:user@r1/linux", "The URL cannot be read."),
        ("Telnet:/r1", "The URL cannot be read."),
        ("::1", "The URL cannot be read."),
        ("[::1", "The URL cannot be read."),
        ("[]", "The URL cannot be read."),
        ("r1/a/b", "The URL cannot be read."),
        ("two words", "The URL cannot be read."),
        ("r1\n", "The URL cannot be read."),
        ("-r1", "The host in the URL is not a host name or address."),
        ("r1&", "The host in the URL is not a host name or address."),
        ("[a;b]", "The host in the URL is not a host name or address."),
        ("r\u00e9:22", "The host in the URL is not a host name or address."),
        ("r1:0", "The port in the URL is not a number from 1 to 65535."),
        ("r1:65536", "The port in the URL is not a number from 1 to 65535."),
        ("r1:-1", "The port in the URL is not a number from 1 to 65535."),
        ("r1:2 2", "The port in the URL is not a number from 1 to 65535."),
        ("r1:\u0662\u0662", "The port in the URL is not a number from 1 to 65535."),
        ("r1:" + "9" * 5000, "The port in the URL is not a number from 1 to 65535."),
        ("u%0a:p@r1", "The user in the URL is not a user name."),
        ("-u:p@r1", "The user in the URL is not a user name."),
        ("a b@r1", "The user in the URL is not a user name."),
        ("u:p%0aq@r1", "The password in the URL holds a character that cannot be typed."),
        ("u:p\udcff@r1", "The password in the URL holds a character that cannot be typed."),
        ("u:p%ff@r1", "The percent-encoding in the URL is not UTF-8."),
        ("%ff@r1", "The percent-encoding in the URL is not UTF-8."),
    ],
)
def test_invalid_url_is_refused_and_not_repeated(url: str, message: str) -> None:
    with pytest.raises(InvalidUrl) as caught:
        parse_url(url)
    assert caught.value.message == message


def test_unsupported_protocol_is_named() -> None:
    with pytest.raises(UnsupportedProtocol) as caught:
        parse_url("http://u:p@r1")
    assert str(caught.value) == "The protocol 'http' is not supported. Use ssh, telnet or exec."


def test_endpoint_survives_its_url() -> None:
    endpoint = login(host="::1", user="a@b", driver="linux", protocol="telnet")
    assert parse_url(endpoint.url) == endpoint


PIECES = st.sampled_from(
    ["ssh", "telnet", "://", ":", "@", "/", "[", "]", "::1", "r1", "%40", "%", "\n", "é"]
)
ANYTHING = st.one_of(st.text(st.characters()), st.lists(PIECES, max_size=9).map("".join))


@given(ANYTHING)
def test_any_text_is_parsed_or_raises_endpoint_error(text: str) -> None:
    with suppress(InvalidUrl, UnsupportedProtocol):
        endpoint = parse_url(text)
        assert parse_url(endpoint.url).host == endpoint.host


@given(
    st.sampled_from(
        [
            "ssh://u:PASSWORD@r1",
            "u:PASSWORD@r1:22/linux",
            "u:PASSWORD@[::1",
            "u:PASSWORD",
            "ssh://u:PASSWORD",
            "u:PASSWORD@",
            "http://u:PASSWORD@r1",
            "u:PASSWORD@r1:port",
            "u:PASSWORD@r1 ",
            "u v:PASSWORD@r1",
            "u@PASSWORD",
            "r1:22/PASSWORD@",
        ]
    ),
    st.text("Q", min_size=1).flatmap(lambda start: st.text("Q1!@:/%[]- \n").map(start.__add__)),
)
@example("u:PASSWORD", "Q@Q!Q")
@example("u:PASSWORD", "Q%ff")
def test_error_does_not_repeat_possible_password(form: str, password: str) -> None:
    error: EndpointError | None = None
    try:
        parse_url(form.replace("PASSWORD", password))
    except EndpointError as exc:
        error = exc
    if error is not None:
        assert "Q" not in f"{error} {error!r} {error.facts()}"
        assert error.__cause__ is None
        assert error.__context__ is None


def test_error_does_not_repeat_number_that_may_be_password() -> None:
    with pytest.raises(InvalidUrl) as caught:
        parse_url("ssh://pyco:987654")
    assert "9" not in str(caught.value)


@given(
    user=st.text(string.ascii_letters + string.digits + "@:/%\\é", max_size=6),
    password=st.text(st.characters(exclude_characters="\0\r\n\ufffd", exclude_categories=["Cs"])),
)
def test_percent_encoded_user_and_password_are_decoded(user: str, password: str) -> None:
    endpoint = parse_url(f"ssh://{quote(user, safe='')}:{quote(password, safe='')}@r1")
    assert endpoint.user == user
    assert endpoint.password == Secret(password)
    shown = f"{endpoint!r} {endpoint} {endpoint.url}".replace(quote(user, safe=""), "").replace(user, "")
    assert len(password) < 5 or password not in shown
