# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs by a runner and by a Python of their own: the same status, stdout and stderr."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pyco_core.models.execute import Execute, Executed
from pyco_core.shell.runner.runners import Runners

from .served import ProcessStream, measured_command, shell_stream

PYTHON = sys.executable
PROGRAMS = {
    "status": "import sys; sys.exit(7)",
    "no status": "import sys; print('x', end=''); sys.exit()",
    "large status": "raise SystemExit(256 + 3)",
    "negative status": "import sys; sys.exit(-1)",
    "text as status": "import sys; sys.exit('wrong')",
    "os._exit": "import os; print('lost'); os._exit(9)",
    "exception": "def f():\n  1 / 0\ntry:\n  f()\nexcept ArithmeticError as e:\n  raise KeyError(1) from e",
    "exception hook": "import sys\nsys.excepthook = lambda *a: print(a[0], a[2].tb_lineno)\n1 / 0",
    "interrupt": "raise KeyboardInterrupt",
    "syntax error": "x = (1,\n)\nx x",
    "killed": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    "group killed": "import os, signal; os.kill(0, signal.SIGTERM)",
    "replaced": "import os; os.execv('/bin/echo', ['echo', 'x'])",
    "unflushed": "import sys; sys.stdout.write('out'); sys.stderr.write('err')",
    "binary": "import sys; sys.stdout.buffer.write(bytes(range(256)))",
    "much output": "import sys\nfor i in range(40000):\n  print('x' * 9)\n  print('y' * 9, file=sys.stderr)",
    "thread": "import threading, time\ndef f():\n  time.sleep(0.1)\n  print('thread')\n"
    "threading.Thread(target=f).start()\nprint('main')",
    "daemon thread": "import threading, time\n"
    "threading.Thread(target=time.sleep, args=(9,), daemon=True).start()",
    "atexit": "import atexit, sys\natexit.register(print, 'end')\nsys.exit(4)",
    "multiprocessing": "import multiprocessing as m\n"
    "p = m.get_context('fork').Process(target=print, args=('child',))\n"
    "p.start()\np.join()\nprint(p.exitcode)",
    "fork": "import os\npid = os.fork()\nif pid: os.waitpid(pid, 0)\nprint('parent' if pid else 'child')",
    "daemon with stdout": "import os, time\nprint('first', flush=True)\nif not os.fork():\n  os.setsid()\n"
    "  time.sleep(0.2)\n  os.write(1, b'later')\nelse:\n  os._exit(3)",
    "closed stdout": "import sys; print('x'); sys.stdout.close()",
    "no stdout": "import sys; sys.stdout = None",
    "broken stdout": "import os, sys; sys.stderr = None; print('x'); os.close(1)",
    "descriptors": "import os; print(sorted(os.listdir('/proc/self/fd')))",
    "kind of streams": "import os, stat; print([stat.S_ISFIFO(os.fstat(n).st_mode) for n in range(3)])",
    "stdin": "import os, sys; print(repr(sys.stdin.read()), os.read(0, 1), sys.stdin.isatty())",
    "names": "import sys; print(dict(globals()), sys.argv, sys.path[0], getattr(sys, 'orig_argv', 0))",
    "main module": "import __main__, sys; print(__main__.__dict__ is globals(), sys.modules['__main__'])",
    "place": "import os; print(os.getcwd(), os.umask(0), os.getppid() > 0, os.nice(0))",
    "encodings": "import sys; print([(f.encoding, f.errors, f.line_buffering) for f in "
    "(sys.stdin, sys.stdout, sys.stderr)], sys.flags)",
    "signals": "import signal\n"
    "print([signal.getsignal(n) for n in range(1, 32)], signal.pthread_sigmask(0, []))",
    "limits": "import resource as r; print([r.getrlimit(n) for n in range(10)])",
    "warning": "import warnings; warnings.warn('old')",
    "collector": "import gc; print(gc.isenabled(), gc.get_threshold())",
    "user": "import os\nif not os.getuid(): os.setuid(65534)\nprint(os.getuid(), os.environ.get('HOME'))",
    "file at the end": "f = open({file!r}, 'w'); f.write('content')",
    "file in a cycle": "class A: pass\n"
    "a = A(); a.a = a; a.f = open({file!r}, 'w'); a.f.write('content'); del a",
    "file in a frame": "import sys\n"
    "def f():\n  f = open({file!r}, 'w')\n  f.write('content')\n  sys.exit(1)\nf()",
    "temporary file": "import tempfile; f = tempfile.NamedTemporaryFile(dir={folder!r})",
    "temporary folder": "import tempfile; f = tempfile.TemporaryDirectory(dir={folder!r})",
    "declared encoding": "# no more\nprint('äöü'.encode())",
}


@pytest.fixture(scope="module")
def runners() -> Iterator[Runners]:
    """Return runners as they are sent to a host."""
    runners = Runners(shell_stream)
    yield runners
    runners.close()


def order(program: str, words: str = "") -> Execute:
    return Execute(f"/bin/sh -c '{words}{PYTHON}'", f"_ANSIBALLZ_WRAPPER = 1\n{program}\n".encode())


def plain(order: Execute) -> Executed:
    """Run an order as a connection without runners does. exec: or the shell reports a signal on stderr."""
    result = subprocess.run(
        shlex.split(order.text.replace("-c '", "-c 'exec ")),
        input=order.data,
        capture_output=True,
        cwd="/",
        start_new_session=True,
    )
    status = result.returncode if result.returncode >= 0 else 128 - result.returncode
    return Executed(status, result.stdout, result.stderr, runner=True)


@pytest.mark.parametrize("name", PROGRAMS)
def test_program_ends_as_in_python_of_its_own(runners: Runners, name: str, tmp_path: Path) -> None:
    file, folder = tmp_path / "file", tmp_path / "folder"
    folder.mkdir()
    program = order(
        PROGRAMS[name].replace("{file!r}", repr(str(file))).replace("{folder!r}", repr(str(folder)))
    )
    results = []
    for run in (plain, runners.run):
        result = run(program)
        results.append((result, file.read_bytes() if file.exists() else b"", os.listdir(folder)))
        file.unlink(missing_ok=True)
    assert results[1] == results[0]


def test_source_of_runner_ends_programs_as_python_does() -> None:
    names = "status", "no status", "text as status", "exception", "interrupt", "broken stdout", "no stdout"
    runners = Runners(lambda text: ProcessStream(measured_command(PYTHON)))
    results = [runners.run(order(PROGRAMS[name])) for name in names]
    runners.close()
    assert results == [plain(order(PROGRAMS[name])) for name in names]
