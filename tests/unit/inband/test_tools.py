# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import random
import shutil
import subprocess
from pathlib import Path

import pytest

from pyco_core.inband import tools
from pyco_core.inband.tools import DECODERS, ENCODERS, Tools

DATA = bytes(range(256)) + random.Random(3).randbytes(5001)
SIZES = (0, 1, len(DATA))
POSIX = "sh od tr sed cat printf"


def run(command: str, data: bytes = b"", path: str = "") -> bytes:
    environment = {"PATH": path or "/usr/bin:/bin"}
    return subprocess.run(
        ["/bin/sh", "-c", command], input=data, capture_output=True, env=environment, timeout=30
    ).stdout


def of_busybox(command: str) -> str:
    """Return the command with the programs of busybox in place of missing ones."""
    name = command.lstrip("{ ").split()[0]
    return command if shutil.which(name) else command.replace(name, f"busybox {name}")


@pytest.mark.parametrize("name", DECODERS)
def test_each_decoder_returns_the_bytes(name: str) -> None:
    decoder = DECODERS[name]
    for size in SIZES:
        assert run(of_busybox(decoder.command), decoder.encode(DATA[:size])) == DATA[:size]


@pytest.mark.parametrize("name", ENCODERS)
def test_output_of_each_encoder_is_decoded(name: str) -> None:
    encoder = ENCODERS[name]
    for size in SIZES:
        text = run(of_busybox(encoder.command), DATA[:size]).translate(None, b" \n")
        assert encoder.encoding.decode(text) == DATA[:size]


@pytest.mark.parametrize("name", DECODERS)
@pytest.mark.parametrize("take", [tools.TAKERS["exact"], tools.TAKERS["sed"]])
def test_input_is_taken_up_to_its_end(name: str, take: str) -> None:
    decoder = DECODERS[name]
    found = Tools(decoder, ENCODERS["od"], take, "", 1)
    for size in SIZES:
        text = found.text(DATA[:size])
        command = f"pyco_n={len(text)}; {take} | {of_busybox(decoder.command)}"
        assert run(command, text) == DATA[:size]


def search(path: str) -> Tools | None:
    answer = run(tools.search() + '\nprintf %s "$pyco_v"', path=path).decode()
    return tools.read(answer)


def test_fastest_tools_are_found(tmp_path: Path) -> None:
    found = search("/usr/bin:/bin")
    assert found is not None
    assert (found.decoder.command, found.encoder.command, found.window) == ("base64 -d", "base64 -w0", 4)


def folder(path: Path, names: str) -> str:
    for name in names.split():
        (path / name).symlink_to(str(shutil.which(name)))
    return str(path)


def test_tools_of_posix_are_enough(tmp_path: Path) -> None:
    found = search(folder(tmp_path, POSIX))
    assert found == Tools(DECODERS["sh"], ENCODERS["od"], tools.TAKERS["sed"], "", 1)


def test_host_without_them_is_refused(tmp_path: Path) -> None:
    assert search(folder(tmp_path, "sh")) is None


def test_head_that_reads_ahead_gets_one_piece_at_a_time(tmp_path: Path) -> None:
    path = folder(tmp_path, POSIX)
    (tmp_path / "head").write_text(
        '#!/bin/sh\n[ "$1" = -c ] && exec /usr/bin/python3 -Ic "\n'
        'import os,sys; d=os.read(0,4096); os.write(1,d[:int(sys.argv[1])])" "$2"\n'
    )
    (tmp_path / "head").chmod(0o755)
    found = search(path)
    assert found is not None
    assert (found.take, found.window) == (tools.TAKERS["head"], 1)
