# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make demo`: install the collection, simulate hosts on loopback, run a playbook and print the results.

It needs Python only. The packages are installed into .venv-demo, which later runs use again. All other
files are in a temporary directory, which is removed at the end, also after an error.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from . import show

ROOT = Path(__file__).resolve().parent.parent
DEMO = ROOT / "demo"
VENV = ROOT / ".venv-demo"
REQUIREMENTS = (ROOT / "requirements.txt", ROOT / "tests" / "requirements-build.txt")
PLAYBOOK = DEMO / "playbook.yml"
CALLBACKS = ROOT / "tests/integration/callback"
STOP_TIMEOUT = 10.0  # seconds between SIGTERM and SIGKILL
END_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
KEPT_VARIABLES = ("PATH", "TERM", "LANG")


class Failed(Exception):
    """A step failed."""


class Demo:
    """One run of the demo: its temporary directory, its log and its processes."""

    def __init__(self, folder: Path, log: Path) -> None:
        self.folder = folder
        (folder / "ansible.cfg").touch()
        self.log = log
        self._screen = show.Screen(sys.stdout)
        self._running: list[subprocess.Popen[str]] = []

    def run(self) -> None:
        """Run all steps and print the results. Raises Failed, OSError."""
        started = time.monotonic()
        self._screen.title("pyco: two routers that speak telnet only, behind an ssh host")
        with self._step("Python packages") as note:
            note.append(self._environment())
        with self._step("collection") as note:
            note.append(self._collection())
        with self._step("hosts") as note:
            hosts, variables = self._hosts()
            note.append("an ssh host and two telnet routers, simulated on 127.0.0.1")
        with self._step("playbook") as note:
            results = self._playbook(variables)
            note.append(str(PLAYBOOK.relative_to(ROOT)))
        records = self._stop_hosts(hosts)
        self._screen.playbook(PLAYBOOK.read_text(encoding="utf-8"))
        for name in results:
            self._screen.router(name, records[name], results[name])
        self._screen.end(time.monotonic() - started)

    def stop(self) -> None:
        """Stop the processes that are still running."""
        for process in self._running:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
                try:
                    process.wait(STOP_TIMEOUT)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()

    @contextmanager
    def _step(self, name: str) -> Iterator[list[str]]:
        """Show a step and its duration. The block appends a note about its result to the list."""
        note: list[str] = []
        started = time.monotonic()
        self._screen.begin(name)
        yield note
        self._screen.done(name, note[0], time.monotonic() - started)

    def _environment(self) -> str:
        """Create the virtual environment, unless the last run created the same one."""
        inputs = [*(file.read_text(encoding="utf-8") for file in REQUIREMENTS), sys.version, str(VENV)]
        ready = VENV / "ready.json"
        if ready.is_file() and json.loads(ready.read_text()) == inputs and os.access(_bin("python"), os.X_OK):
            return "in .venv-demo, from the last run"
        shutil.rmtree(VENV, ignore_errors=True)
        hint = " (on Debian and Ubuntu, apt install python3-venv may be missing)"
        self._call("creating the virtual environment", [sys.executable, "-m", "venv", str(VENV)], hint=hint)
        pip = [_bin("python"), "-m", "pip", "install", "--disable-pip-version-check", "--progress-bar=off"]
        files = [option for file in REQUIREMENTS for option in ("-r", str(file))]
        self._call("installing Python packages", [*pip, *files])
        ready.write_text(json.dumps(inputs))
        return "ansible-core, paramiko and pexpect, into .venv-demo"

    def _collection(self) -> str:
        galaxy = [_bin("ansible-galaxy"), "collection"]
        env = self._ansible()
        build = [*galaxy, "build", str(ROOT), "--output-path", str(self.folder)]
        self._call("building the collection", build, env=env)
        archive = next(self.folder.glob("*.tar.gz"))
        install = [*galaxy, "install", str(archive), "--offline", "-p", str(self.folder / "collections")]
        self._call("installing the collection", install, env=env)
        return f"{archive.name}, {archive.stat().st_size // 1024} kB, built and installed by ansible-galaxy"

    def _hosts(self) -> tuple[subprocess.Popen[str], show.Facts]:
        with self.log.open("a") as log:
            hosts = self._start([_bin("python"), "-m", "demo.hosts"], self._ansible(), log, subprocess.PIPE)
        return hosts, self._read(hosts, "starting the simulated hosts")

    def _playbook(self, variables: show.Facts) -> dict[str, list[show.Facts]]:
        """Run the playbook; return the results of the command tasks by host."""
        variables_file = self.folder / "variables.json"
        variables_file.write_text(json.dumps(variables))
        record = self.folder / "record.jsonl"
        env = {**self._ansible(), "RECORD_FILE": str(record)}
        env |= {"ANSIBLE_CALLBACK_PLUGINS": str(CALLBACKS), "ANSIBLE_CALLBACKS_ENABLED": "record"}
        inventory = str(DEMO / "inventory.yml")
        command = [_bin("ansible-playbook"), "-i", inventory, "-e", f"@{variables_file}", str(PLAYBOOK)]
        try:
            self._call("running the playbook", command, env=env)
        except Failed as exc:
            raise Failed(_first_failure(record) or str(exc)) from exc
        results: dict[str, list[show.Facts]] = {}
        for line in record.read_text().splitlines():
            entry = json.loads(line)
            if "modes" in entry["data"]:
                results.setdefault(entry["host"], []).append(entry["data"])
        return dict(sorted(results.items()))

    def _stop_hosts(self, hosts: subprocess.Popen[str]) -> show.Facts:
        """Stop the hosts and return the records of their sessions."""
        if hosts.stdin:
            hosts.stdin.close()
        records = self._read(hosts, "stopping the simulated hosts")
        hosts.wait()
        return records

    def _read(self, process: subprocess.Popen[str], step: str) -> show.Facts:
        line = process.stdout.readline() if process.stdout else ""
        if not line:
            raise Failed(f"{step} failed: {_last_line(self.log)}")
        facts: show.Facts = json.loads(line)
        return facts

    def _ansible(self) -> dict[str, str]:
        """Return an environment without the user's settings, keys and ssh configuration."""
        env = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
        utf8 = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
        return env | {
            "HOME": str(self.folder),
            "TMPDIR": str(self.folder),
            "LC_ALL": utf8,
            "ANSIBLE_CONFIG": str(self.folder / "ansible.cfg"),
            "ANSIBLE_COLLECTIONS_PATH": str(self.folder / "collections"),
            "ANSIBLE_NOCOLOR": "1",
            "PYCO_PERSIST": "0",
            "OBJC_DISABLE_INITIALIZE_FORK_SAFETY": "YES",  # without it macOS kills forked workers
        }

    def _call(
        self, step: str, command: list[str], *, env: dict[str, str] | None = None, hint: str = ""
    ) -> None:
        with self.log.open("a") as log:
            log.write(f"\n# {step}: {' '.join(command)}\n")
            log.flush()
            process = self._start(command, env, log)
            if process.wait() != 0:
                raise Failed(f"{step} failed: {_last_line(self.log)}{hint}")

    def _start(
        self, command: list[str], env: dict[str, str] | None, log: TextIO, pipe: int | None = None
    ) -> subprocess.Popen[str]:
        """Start a process. Its standard error, and without a pipe its standard output, go to the log."""
        # The process has a session of its own, so that Ctrl-C reaches only the demo, which then stops it.
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=env,
            text=True,
            start_new_session=True,
            stdin=pipe or subprocess.DEVNULL,
            stdout=pipe or log,
            stderr=log,
        )
        self._running.append(process)
        return process


def _bin(name: str) -> str:
    return str(VENV / "bin" / name)


def _first_failure(record: Path) -> str:
    """Return the message of the first failed task, "" for none."""
    lines = record.read_text(encoding="utf-8").splitlines() if record.is_file() else []
    for entry in map(json.loads, lines):
        if entry["status"] != "ok":
            return (
                f"running the playbook failed: {entry['host']}: {entry['data'].get('msg', entry['status'])}"
            )
    return ""


def _last_line(log: Path) -> str:
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith(("ERROR", "fatal:", "[ERROR]"))]
    return (errors or lines or ["no output"])[-1]


def _interrupt(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)


def main() -> int:
    """Run the demo and return its exit status: 0, or 1 if a step failed."""
    for number in END_SIGNALS:
        signal.signal(number, _interrupt)
    handle, name = tempfile.mkstemp(prefix="pyco-demo-", suffix=".log")
    os.close(handle)
    log = Path(name)
    with tempfile.TemporaryDirectory(prefix="pyco-demo-") as folder:
        demo = Demo(Path(folder), log)
        try:
            demo.run()
        except (Failed, OSError) as exc:
            print(f"\ndemo: {exc}\nThe log is {log}", file=sys.stderr)
            return 1
        except SystemExit:
            log.unlink()
            print("\ndemo: interrupted; all processes are stopped.", file=sys.stderr)
            raise
        finally:
            for number in END_SIGNALS:  # a second Ctrl-C must not interrupt the cleanup
                signal.signal(number, signal.SIG_IGN)
            demo.stop()
    log.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
