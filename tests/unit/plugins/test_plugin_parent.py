# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The process of a task, when Ansible's main process is killed."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from pathlib import Path

import pytest
from ansible_collections.pyco.cli.plugins.plugin_utils import _parent

ROOT = Path(__file__).resolve().parents[3]

# Starts a process as Ansible does, and prints its number. Both wait for ever.
SCRIPT = """
import importlib.util, multiprocessing, os, resource, threading

spec = importlib.util.spec_from_file_location("parent", "plugins/plugin_utils/_parent.py")
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)

def task():
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    files = [os.dup(0) for _ in range(1100)]  # as of a run with many forks
    module.end_with_parent()
    module.end_with_parent()
    print(os.getpid(), threading.active_count(), flush=True)
    threading.Event().wait()

multiprocessing.get_context("fork").Process(target=task).start()
threading.Event().wait()
"""


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs Linux")
def test_process_of_task_ends_with_main_process() -> None:
    with subprocess.Popen([sys.executable, "-c", SCRIPT], cwd=ROOT, stdout=subprocess.PIPE) as main:
        assert main.stdout is not None
        number, threads = map(int, main.stdout.readline().split())
        assert threads == 2
        task = os.pidfd_open(number)
        try:
            assert select.select([task], [], [], 0) == ([], [], [])
            main.kill()
            assert select.select([task], [], [], 60) == ([task], [], [])
        finally:
            os.close(task)


def test_main_process_goes_on() -> None:
    _parent.end_with_parent()
    assert not _parent._watching
