# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make demo`: build and install the collection, simulate hosts on loopback, run a playbook, show it.

Needs nothing but Python: the packages go into .venv-demo, which later runs use again. Everything else
lives in a temporary folder and ends with the demo, however it ends.
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

import show

ROOT = Path(__file__).resolve().parent.parent
DEMO = ROOT / "demo"
VENV = ROOT / ".venv-demo"
PLAYBOOK = DEMO / "playbook.yml"
CALLBACKS = ROOT / "tests/integration/callback"
GRACE = 10.0
ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PORTABLE = ("PATH", "TERM", "LANG")


class Failed(Exception):
    """A step failed; the message says which and how."""


class Demo:
    """One run: its temporary folder, its log, and the processes that it started."""

    def __init__(self, folder: Path, log: Path) -> None:
        self.folder = folder
        (folder / "ansible.cfg").touch()
        self.log = log
        self._screen = show.Screen(sys.stdout)
        self._running: list[subprocess.Popen[str]] = []

    def run(self) -> None:
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
        told = self._leave(hosts)
        self._screen.playbook(PLAYBOOK.read_text(encoding="utf-8"))
        for name in results:
            self._screen.router(name, told[name], results[name])
        self._screen.end(time.monotonic() - started)

    def stop(self) -> None:
        """End what is still running."""
        for process in self._running:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
                try:
                    process.wait(GRACE)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()

    @contextmanager
    def _step(self, name: str) -> Iterator[list[str]]:
        note: list[str] = []
        begun = time.monotonic()
        self._screen.begin(name)
        yield note
        self._screen.done(name, note[0], time.monotonic() - begun)

    def _environment(self) -> str:
        """Make the virtual environment unless the one that is there was made of the same things."""
        wanted = [(ROOT / "requirements.txt").read_text(encoding="utf-8"), sys.version, str(VENV)]
        ready = VENV / "ready.json"
        if ready.is_file() and json.loads(ready.read_text()) == wanted and os.access(_bin("python"), os.X_OK):
            return "in .venv-demo, from the last run"
        shutil.rmtree(VENV, ignore_errors=True)
        hint = " (on Debian and Ubuntu, apt install python3-venv may be missing)"
        self._call("making a virtual environment", [sys.executable, "-m", "venv", str(VENV)], hint=hint)
        pip = [_bin("python"), "-m", "pip", "install", "--disable-pip-version-check", "--progress-bar=off"]
        self._call("installing Python packages", [*pip, "ansible-core", "-r", str(ROOT / "requirements.txt")])
        ready.write_text(json.dumps(wanted))
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
        """Run the playbook; the results of each host's commands."""
        given = self.folder / "variables.json"
        given.write_text(json.dumps(variables))
        record = self.folder / "record.jsonl"
        env = {**self._ansible(), "RECORD_FILE": str(record)}
        env |= {"ANSIBLE_CALLBACK_PLUGINS": str(CALLBACKS), "ANSIBLE_CALLBACKS_ENABLED": "record"}
        inventory = str(DEMO / "inventory.yml")
        command = [_bin("ansible-playbook"), "-i", inventory, "-e", f"@{given}", str(PLAYBOOK)]
        try:
            self._call("running the playbook", command, env=env)
        except Failed as exc:
            raise Failed(_reported(record) or str(exc)) from exc
        results: dict[str, list[show.Facts]] = {}
        for line in record.read_text().splitlines():
            entry = json.loads(line)
            if "modes" in entry["data"]:
                results.setdefault(entry["host"], []).append(entry["data"])
        return dict(sorted(results.items()))

    def _leave(self, hosts: subprocess.Popen[str]) -> show.Facts:
        """End the hosts; what each was told."""
        if hosts.stdin:
            hosts.stdin.close()
        told = self._read(hosts, "ending the simulated hosts")
        hosts.wait()
        return told

    def _read(self, process: subprocess.Popen[str], what: str) -> show.Facts:
        line = process.stdout.readline() if process.stdout else ""
        if not line:
            raise Failed(f"{what} failed: {_last_line(self.log)}")
        facts: show.Facts = json.loads(line)
        return facts

    def _ansible(self) -> dict[str, str]:
        """An environment in which no setting, key or ssh configuration of the user's plays a part."""
        env = {name: os.environ[name] for name in PORTABLE if name in os.environ}
        utf8 = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
        return env | {
            "HOME": str(self.folder),
            "TMPDIR": str(self.folder),
            "LC_ALL": utf8,
            "ANSIBLE_CONFIG": str(self.folder / "ansible.cfg"),
            "ANSIBLE_COLLECTIONS_PATH": str(self.folder / "collections"),
            "ANSIBLE_NOCOLOR": "1",
            "PYCO_PERSIST": "0",
            "OBJC_DISABLE_INITIALIZE_FORK_SAFETY": "YES",  # macOS ends workers that fork without it
        }

    def _call(
        self, what: str, command: list[str], *, env: dict[str, str] | None = None, hint: str = ""
    ) -> None:
        with self.log.open("a") as log:
            log.write(f"\n# {what}: {' '.join(command)}\n")
            log.flush()
            process = self._start(command, env, log)
            if process.wait() != 0:
                raise Failed(f"{what} failed: {_last_line(self.log)}{hint}")

    def _start(
        self, command: list[str], env: dict[str, str] | None, log: TextIO, pipe: int | None = None
    ) -> subprocess.Popen[str]:
        """Start a process whose errors, and without a pipe its output, go to the log."""
        # In a session of its own, so that Ctrl-C reaches the demo alone, which then ends it in good order.
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


def _reported(record: Path) -> str:
    """What the first task that failed says of itself, "" where none did."""
    lines = record.read_text(encoding="utf-8").splitlines() if record.is_file() else []
    for entry in map(json.loads, lines):
        if entry["status"] != "ok":
            return (
                f"running the playbook failed: {entry['host']}: {entry['data'].get('msg', entry['status'])}"
            )
    return ""


def _last_line(log: Path) -> str:
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    telling = [line for line in lines if line.startswith(("ERROR", "fatal:", "[ERROR]"))]
    return (telling or lines or ["it said nothing"])[-1]


def _interrupt(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)


def main() -> int:
    for number in ENDS:
        signal.signal(number, _interrupt)
    handle, name = tempfile.mkstemp(prefix="pyco-demo-", suffix=".log")
    os.close(handle)
    log = Path(name)
    with tempfile.TemporaryDirectory(prefix="pyco-demo-") as folder:
        demo = Demo(Path(folder), log)
        try:
            demo.run()
        except (Failed, OSError) as exc:
            print(f"\ndemo: {exc}\nThe whole log is {log}", file=sys.stderr)
            return 1
        except SystemExit:
            log.unlink()
            print("\ndemo: interrupted; nothing was left running.", file=sys.stderr)
            raise
        finally:
            for number in ENDS:  # a second Ctrl-C must not leave the rest running
                signal.signal(number, signal.SIG_IGN)
            demo.stop()
    log.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
