# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of a run of backups, and its commit."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..backup import store
from ..backup.repository import Repository
from ..errors import BackupError

FAILED = "failed"
_SHOWN = 20  # hosts named in one line of the report


@dataclass(slots=True)
class Report:
    """The work after the backups of one run, and its result.

    results: those of the tasks with `Backup`, by host. inventory: names of all hosts. author: `NAME
    <ADDRESS>` of a commit, "" for no commit. message: of the commit, see `Repository.commit`.
    remove_obsolete: remove the backups of other hosts, if they are in the last commit. check_mode: change
    nothing.

    Raises InvalidParameter.
    """

    results: Mapping[str, Mapping[str, Any]]
    inventory: Collection[str]
    author: str = ""
    message: str = ""
    remove_obsolete: bool = False
    check_mode: bool = False
    _result: dict[str, Any] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        if self.author:
            Repository("", self.author)

    def run(self) -> None:
        """Report the hosts, and commit what changed. Raises BackupError."""
        statuses = {host: str(result.get("status", FAILED)) for host, result in self.results.items()}
        self._result.update(changed=False, hosts=statuses, obsolete=[], removed=[], commits=[])
        folders: dict[str, dict[str, str]] = {}
        for host, result in self.results.items():
            if statuses[host] != FAILED:
                folders.setdefault(str(result["folder"]), {})[host] = str(result["file"])
        for folder, files in folders.items():
            shared = {name for name, number in Counter(files.values()).items() if number > 1}
            self._finish(folder, files, shared)
            if shared:
                names = ", ".join(sorted(host for host, file in files.items() if file in shared))
                raise BackupError(
                    f"The hosts {names} have the same file of backup.", hint="Rename them.", reached=True
                )

    def result(self) -> dict[str, Any]:
        """Return the result of the task, with its lines for people."""
        return {**self._result, "report": self._lines()}

    def _finish(self, folder: str, files: Mapping[str, str], shared: Collection[str]) -> None:
        """Remove obsolete files, and commit all files but those that several hosts share."""
        obsolete = store.obsolete(folder, files, self.inventory)
        self._result["obsolete"] += [os.path.join(folder, name) for name in obsolete]
        if not self.author or self.check_mode:
            return
        repository = Repository(folder, self.author)
        removed = repository.unchanged(obsolete) if self.remove_obsolete else []
        for name in removed:
            store.remove(os.path.join(folder, name))
        self._result["removed"] += [os.path.join(folder, name) for name in removed]
        commit = repository.commit([*sorted({*files.values()} - {*shared}), *removed], self.message)
        if commit:
            self._result["commits"].append({"folder": folder, "commit": commit})
            self._result["changed"] = True

    def _lines(self) -> list[str]:
        """Return the report: hosts by status, causes of failures, obsolete files, commits."""
        hosts: dict[str, list[str]] = {}
        for host, status in self._result["hosts"].items():
            hosts.setdefault(status, []).append(host)
        lines = []
        for status in ("new", "changed", "unchanged"):
            if status in hosts:
                named = f": {_joined(hosts[status])}" if status != "unchanged" else ""
                lines.append(f"{len(hosts[status])} {status}{named}")
        for host in hosts.get(FAILED, ()):
            lines.append(f"{FAILED}: {host}: {self.results[host].get('msg') or 'no result'}")
        removed = set(self._result["removed"])
        for path in self._result["obsolete"]:
            lines.append(f"{'removed' if path in removed else 'obsolete'}: {path}")
        return lines + [f"commit {each['commit']} in {each['folder']}" for each in self._result["commits"]]


def _joined(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
