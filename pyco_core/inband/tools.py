# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The programs of a host that turn bytes into text and back, found once for each login.

The fastest come first. Rates and flaws were measured with coreutils 9.1, busybox 1.35, OpenSSL 3.0, xxd 2022,
perl 5.36 and dash 0.5.12.
"""

from __future__ import annotations

import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .frames import TEXT16, TEXT64, Encoding

WINDOW = 4  # pieces of input that may be under way
_MIME = 57  # bytes of a line of base64 that each program takes
_HEX = 32  # bytes of a line of hexadecimal digits
_PRINTED_LINE = 192  # bytes of a line that a shell prints, with four characters each


def _plain(data: bytes) -> bytes:
    return binascii.b2a_base64(data, newline=False)


def _mime(data: bytes) -> bytes:
    pieces = range(0, len(data), _MIME)
    return b"".join([binascii.b2a_base64(data[start : start + _MIME]) for start in pieces])


def _uuencoded(data: bytes) -> bytes:
    return b"begin-base64 644 /dev/stdout\n" + _mime(data) + b"====\n"


def _hex(data: bytes) -> bytes:
    return data.hex("\n", _HEX).encode() + b"\n"


_PRINTED = [b"\\%03o" % code for code in range(256)]
for _code in b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ ,./:=_":
    _PRINTED[_code] = bytes([_code])


def _printed(data: bytes) -> bytes:
    """Return commands of a shell that print the data."""
    pieces = range(0, len(data), _PRINTED_LINE)
    lines = ([_PRINTED[code] for code in data[start : start + _PRINTED_LINE]] for start in pieces)
    return b"".join(b"printf '" + b"".join(line) + b"'\n" for line in lines)


@dataclass(frozen=True)
class Decoder:
    """A command that turns text into bytes. encode: returns the text of some bytes."""

    command: str
    encode: Callable[[bytes], bytes]
    lines: bool = True  # of the text; otherwise it is one line


@dataclass(frozen=True)
class Encoder:
    """A command that turns bytes into text. encoding: of the text."""

    command: str
    encoding: Encoding = TEXT64


# In quotes are programs that may be aliases: a script has none, but they are the same text for a person.
_PYTHON_DECODER = "import sys,binascii;sys.stdout.buffer.write(binascii.a2b_base64(sys.stdin.buffer.read()))"
_PYTHON_ENCODER = "import sys,binascii;sys.stdout.buffer.write(binascii.b2a_base64(sys.stdin.buffer.read()))"
DECODERS = {
    "base64": Decoder("base64 -d", _plain, lines=False),
    "openssl": Decoder("openssl base64 -d", _mime),
    "uudecode": Decoder("uudecode -o /dev/stdout", _uuencoded),
    "python3": Decoder(f'python3 -Sc "{_PYTHON_DECODER}"', _plain, lines=False),
    "xxd": Decoder("xxd -r -p", _hex),
    "perl": Decoder("""perl -ne 'chomp;print pack("H*",$_)'""", _hex),
    "sh": Decoder("sh", _printed),
}
ENCODERS = {
    "base64w": Encoder("base64 -w0"),
    "base64": Encoder("base64"),
    "openssl": Encoder("openssl base64"),
    "uuencode": Encoder("{ uuencode -m - | sed '1d;/^====/d'; }"),
    "python3": Encoder(f'python3 -Sc "{_PYTHON_ENCODER}"'),
    "xxd": Encoder("xxd -p", TEXT16),
    "perl": Encoder("""perl -e 'print unpack("H*",$_) while sysread STDIN,$_,32768'""", TEXT16),
    "od": Encoder("od -An -v -tx1", TEXT16),
}
# A session of its own, as that of a program that sshd starts: it cannot reach the terminal.
DETACHERS = {"setsid": "setsid", "": ""}
# The head of coreutils takes no byte too much. Behind busybox's, and sed, nothing may follow until it ends.
_HEAD = 'head -c "$pyco_n"'
TAKERS = {"exact": _HEAD, "head": _HEAD, "sed": "sed -n '/^END$/q;p'"}
_SAMPLE = b"AB"
_NAMES = 4  # in an answer


@dataclass(frozen=True)
class Tools:
    """The programs of one host. take: the command that passes on a number of characters of its input.

    detach: starts a program without the terminal; "" if there is none.
    window: number of pieces of input that may be under way.
    """

    decoder: Decoder
    encoder: Encoder
    take: str
    detach: str
    window: int

    def text(self, data: bytes) -> bytes:
        """Return the text of some bytes, as `take` and the decoder read it."""
        text = self.decoder.encode(data)
        if self.take == _HEAD:
            return text
        if not self.decoder.lines:
            text = _mime(data)
        return text.rstrip(b"\n") + b"\nEND\n"


def search() -> str:
    """Return the script that finds the programs and answers their names."""
    decoders = {
        name: (f"printf '{_octal(each.encode(_SAMPLE))}' | {each.command}", _SAMPLE.decode())
        for name, each in DECODERS.items()
    }
    encoded = {TEXT64: "QUI=", TEXT16: "4142"}
    encoders = {
        name: (f"printf AB | {each.command} | tr -d ' \\n'", encoded[each.encoding])
        for name, each in ENCODERS.items()
    }
    takers = {
        "exact": (f"pyco_n=2; printf ABCD | {{ {_HEAD}; printf -; cat; }}", "AB-CD"),
        "head": (f"pyco_n=2; printf ABC | {_HEAD}", "AB"),
        "sed": (":", "*"),
    }
    choices = (
        _choice("d", decoders),
        _choice("e", encoders),
        _choice("t", takers),
        _choice("x", {"setsid": ("setsid sh -c 'exit 3'; printf $?", "3"), "": (":", "*")}),
    )
    return "\n".join((*choices, "pyco_v=$pyco_has_d,$pyco_has_e,$pyco_has_t,$pyco_has_x"))


def read(answer: str) -> Tools | None:
    """Return the programs with these names, None if the host lacks one that POSIX has."""
    names = answer.split(",")
    if len(names) != _NAMES or names[0] not in DECODERS or names[1] not in ENCODERS:
        return None
    decoder, encoder, take, detach = names
    window = WINDOW if take == "exact" else 1
    return Tools(DECODERS[decoder], ENCODERS[encoder], TAKERS[take], DETACHERS[detach], window)


def _choice(letter: str, trials: Mapping[str, tuple[str, str]]) -> str:
    """Return a script that assigns the name of the first command with the expected output. "" if none."""
    lines = [f"pyco_has_{letter}="]
    for number, (name, (command, expected)) in enumerate(trials.items()):
        word = "if" if not number else "elif"
        test = f"case $( ( {command} ) 2>/dev/null) in {expected}) ;; *) false;; esac"
        lines.append(f"{word} {test}; then pyco_has_{letter}={name}")
    return "\n".join((*lines, "fi"))


def _octal(text: bytes) -> str:
    return "".join(f"\\{code:03o}" for code in text)


FOR_PYTHON = Tools(DECODERS["base64"], ENCODERS["base64"], _HEAD, "", WINDOW)
