# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os

import pytest

from pyco_core.transport.proxy import proxy_command


def test_proxy_command_is_a_stream() -> None:
    with proxy_command("cat") as stream:
        stream.settimeout(20)
        stream.sendall(b"SSH-2.0-x\r\n")
        assert stream.recv(100) == b"SSH-2.0-x\r\n"


def test_close_ends_process_without_zombie() -> None:
    stream = proxy_command("cat")
    pid = stream.process.pid
    stream.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_stream_ends_with_process() -> None:
    with proxy_command("false") as stream:
        stream.settimeout(20)
        assert stream.recv(100) == b""
        stream.process.wait(20)
    assert stream.process.returncode == 1
