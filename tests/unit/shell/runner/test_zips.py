# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules with a zip by a runner and by a Python of their own."""

from __future__ import annotations

import ast
import base64
import io
import os
import re
import sys
import zipfile
import zipimport
from collections.abc import Iterator
from pathlib import Path

import pytest

from pyco_core.models.execute import Execute
from pyco_core.shell.runner.program import packed_program, plain_source
from pyco_core.shell.runner.runners import Runners
from pyco_core.shell.runner.target.child import take_place
from pyco_core.shell.runner.target.loop import Loop, current_folder
from pyco_core.shell.runner.target.payloads import Payloads, zips_unread
from pyco_core.shell.runner.target.wire import CHANGED, MODULE, NO_PROCESS, REFUSED, read_frame, write_frame

from .served import ProcessStream, measured_command
from .test_hazards import plain
from .zips import FILES, module_source, zip_text

PYTHON = sys.executable


def order(program: bytes, words: str = "") -> Execute:
    return Execute(f"/bin/sh -c '{words}{PYTHON} && sleep 0'", program)


@pytest.fixture
def runners() -> Iterator[Runners]:
    """Return runners that report their coverage."""
    runners = Runners(lambda text: ProcessStream(measured_command(PYTHON)))
    yield runners
    runners.close()


def test_module_finds_preloaded_code_as_if_imported_from_its_zip(runners: Runners) -> None:
    first, second = order(module_source("a")), order(module_source("b"))
    by_itself = plain(first)
    assert by_itself.status == 5
    assert by_itself.stderr == b""
    assert runners.run(first) == by_itself
    assert runners.run(first) == by_itself  # the zip is not sent again, and LOADED is empty
    assert runners.run(second) == plain(second)


def test_module_of_another_ansible_core_gets_its_own_code(runners: Runners) -> None:
    basic = FILES["ansible/module_utils/basic.py"].replace("VERSION = 1", "VERSION = 2")
    old, new = order(module_source()), order(module_source(basic=basic))
    third = order(module_source(basic="VERSION = 3"))
    results = [runners.run(each) for each in (old, new, old, new)]
    assert results == [plain(old), plain(new)] * 2
    assert runners.run(third) is None  # a third one runs as it is


@pytest.mark.parametrize(
    "program",
    [
        module_source(basic="import sys; print('too old'); sys.exit(1)"),
        module_source(basic="x x"),
        module_source(six="from ansible import release"),  # of another Ansible on the host, if there is one
        module_source().replace(
            b"from ansible.module_utils", b"sys.path.insert(0, '/x'); from ansible.module_utils", 1
        ),
        b"_ANSIBALLZ_WRAPPER = 1\nprint('UEsDB" + b"A" * 6000 + b"')",
    ],
)
def test_module_that_cannot_be_preloaded_runs_as_by_itself(runners: Runners, program: bytes) -> None:
    results = plain(order(program)), runners.run(order(program)), runners.run(order(program))
    # The frames of zipimport in the traceback of a wrong source are others.
    lines = [
        (re.sub(b"payload_[^/]*", b"", result.stdout), result.stderr.splitlines()[-1:])
        for result in results
        if result
    ]
    assert lines == [lines[0]] * 3
    assert {result.status for result in results if result} == {results[0].status}


def test_place_of_a_module_in_a_zip_is_found_without_its_source(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(base64.b64decode(zip_text({"p/__init__.py": "x = 1", "p/wrong.py": "x x"})))
    with zips_unread():
        package = zipimport.zipimporter(str(path)).find_spec("p")
        wrong = zipimport.zipimporter(f"{path}/p").find_spec("p.wrong")
    assert package is not None
    assert wrong is not None
    assert (package.origin, package.submodule_search_locations) == (f"{path}/p/__init__.py", [f"{path}/p"])
    assert wrong.origin == f"{path}/p/wrong.py"
    with pytest.raises(SyntaxError):
        zipimport.zipimporter(f"{path}/p").find_spec("p.wrong")


def test_code_of_sources_is_dropped_if_there_is_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    payloads = Payloads()
    texts = [zip_text({"a.py": f"x = {number}", "b.txt": ""}).encode() for number in range(3)]
    monkeypatch.setattr("pyco_core.shell.runner.target.payloads.MOST_CODES", 2)
    monkeypatch.setattr("pyco_core.shell.runner.target.payloads.MOST_PAYLOADS", 2)
    for number, text in enumerate(texts):
        payloads.keep(str(number), text)
        assert payloads.files(str(number)) == {"a.py": f"x = {number}".encode()}
    assert (list(payloads.texts), list(payloads.codes)) == (["2"], [b"x = 2"])
    assert payloads.files("2") == {"a.py": b"x = 2"}


def test_source_in_several_zips_is_decompressed_once() -> None:
    payloads = Payloads()
    for digest, files in {"1": {"a.py": "x = 1"}, "2": {"b.py": "y = 2", "a.py": "x = 1"}}.items():
        payloads.keep(digest, zip_text(files).encode())
    first, second = payloads.files("1"), payloads.files("2")
    assert (first, second) == ({"a.py": b"x = 1"}, {"b.py": b"y = 2", "a.py": b"x = 1"})
    assert second["a.py"] is first["a.py"]


def test_damaged_zip_has_no_sources() -> None:
    """It has a source that is known from a whole one."""
    payloads = Payloads()
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.py", "x = 1")
    whole = file.getvalue()
    directory = whole.index(b"PK\x01\x02")
    damaged = {
        "head": whole.replace(b"PK\x03\x04", b"PK\x03\x05"),
        "source": whole.replace(b"x = 1", b"x = 2"),
        "place": whole[: directory + 42] + b"\xff\xff\xff\x00" + whole[directory + 46 :],
        "cut": whole[30:],
        "empty": b"",
    }
    for digest, data in {"whole": whole, **damaged}.items():
        payloads.keep(digest, base64.b64encode(data))
    assert payloads.files("whole") == {"a.py": b"x = 1"}
    assert [payloads.files(digest) for digest in damaged] == [{}] * len(damaged)


def test_module_is_refused_if_python_has_changed_or_no_process_is_free(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fork() -> int:
        raise BlockingIOError

    request = b'{"environment": {}, "digest": "", "start": 0, "size": 0}\nprint(1)'
    monkeypatch.syspath_prepend(str(tmp_path))
    reader, requests = os.pipe()
    answers, writer = os.pipe()
    monkeypatch.setattr(os, "fork", fork)
    loop = Loop(PYTHON, reader, writer)
    write_frame(requests, MODULE, request)
    os.close(requests)
    loop.serve()
    assert [read_frame(answers), read_frame(answers)][1] == (REFUSED, NO_PROCESS)
    (tmp_path / "new.py").touch()
    other, requests = os.pipe()
    os.dup2(other, reader)
    os.close(other)
    write_frame(requests, MODULE, request)
    os.close(requests)
    loop.serve()
    assert [read_frame(answers), read_frame(answers)][1] == (REFUSED, CHANGED)
    for descriptor in (reader, answers, writer):
        os.close(descriptor)


def test_folder_of_the_login_may_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> str:
        raise FileNotFoundError

    before = os.getcwd()
    take_place("/nowhere", {})
    assert os.getcwd() == before
    monkeypatch.setattr(os, "getcwd", gone)
    assert current_folder() is None
    take_place(None, {})


def test_source_is_for_any_python_from_3_6_on() -> None:
    tree = ast.parse(plain_source(), feature_version=(3, 6))
    names = [node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    assert len(names) == len(set(names))
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.AnnAssign | ast.NamedExpr)]
    assert len(packed_program("/usr/bin/python3")) < 8000
