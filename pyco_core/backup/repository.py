# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The git repository in a folder of backups."""

from __future__ import annotations

import fcntl
import os
import re
import shlex
import subprocess
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from ..errors import BackupError, InvalidParameter

_LIMIT = 120.0  # seconds for one git command, with its hooks
# Set for the hooks of another repository, for example if a hook runs the playbook.
_FOREIGN = ("DIR", "WORK_TREE", "INDEX_FILE", "OBJECT_DIRECTORY", "COMMON_DIR", "NAMESPACE", "PREFIX")
_NAMED = 3  # files named in the title of a commit
_FILES = ("--pathspec-from-file=-", "--pathspec-file-nul")
_AUTHOR = re.compile(r"\s*([^<>\n]*[^<>\s])\s*<([^<>\s]+)>\s*")


@dataclass(frozen=True, slots=True)
class Repository:
    """The repository whose root is a folder of backups.

    author: `NAME <ADDRESS>` of the commits. Raises InvalidParameter.
    """

    folder: str
    author: str = "pyco <pyco@localhost>"

    def __post_init__(self) -> None:
        if not _AUTHOR.fullmatch(self.author):
            raise InvalidParameter(f"author: expected NAME <ADDRESS>, got {self.author!r}.")

    def commit(self, files: Sequence[str], message: str) -> str:
        """Commit the changes of these files, and return the short id of the commit, "" without changes.

        The repository is made if it is missing. Other changes of its user stay as they are, also those in
        the index. message: `{files}` is replaced by the changed files, or by their number if they are many;
        then their names follow the message. Raises BackupError.
        """
        with self._locked():
            wanted = set(files)
            present = [name for name in files if os.path.lexists(os.path.join(self.folder, name))]
            gone = wanted - set(present)
            known = gone & set(self._names("ls-files", "-z")) if gone else set()
            self._git("add", "--force", *_FILES, given=[*present, *sorted(known)])
            staged = self._names("diff", "--cached", "--name-only", "--no-renames", "-z")
            changed = sorted(wanted & set(staged))
            if not changed:
                return ""
            text = f"--message={_message(message, changed)}"
            self._git("commit", "--quiet", "--only", text, *_FILES, given=changed)
            return self._git("rev-parse", "--short", "HEAD").decode().strip()

    def unchanged(self, files: Collection[str]) -> list[str]:
        """Return those of the files whose text is in the last commit, in order. Raises BackupError."""
        if not os.path.lexists(os.path.join(self.folder, ".git")):
            return []
        status = self._names("status", "--porcelain", "--no-renames", "--untracked-files=no", "-z")
        committed = set(self._names("ls-files", "-z")) - {entry[len("XY ") :] for entry in status}
        return sorted(committed & set(files))

    def text(self, file: str, revision: str) -> str:
        """Return a file as it was in a revision, such as a commit or `HEAD~2`. Raises BackupError."""
        if not revision or revision.startswith("-"):
            raise BackupError(f"There is no revision {revision!r}.", hint=self._log(), reached=True)
        try:
            text = self._git("cat-file", "blob", f"{revision}:{file}")
        except BackupError as exc:
            raise exc.advise(self._log()) from None
        return text.decode("utf-8", "surrogateescape")

    def _log(self) -> str:
        return f"`git -C {shlex.quote(self.folder)} log --oneline` lists the revisions."

    def _names(self, *arguments: str) -> list[str]:
        return [os.fsdecode(name) for name in self._git(*arguments).split(b"\0") if name]

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Make the repository if it is missing, and keep other runs of pyco from it."""
        if not os.path.lexists(os.path.join(self.folder, ".git")):
            self._git("init", "--quiet", ".")
        path = self._git("rev-parse", "--git-path", "pyco.lock").decode().strip()
        try:
            with open(os.path.join(self.folder, path), "w", encoding="utf-8") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                yield
        except OSError as exc:
            raise BackupError(f"{self._label} cannot be written: {exc.strerror}.", reached=True) from exc

    def _git(self, *arguments: str, given: Sequence[str] = ()) -> bytes:
        """Run git and return its output. given: names of files for its input. Raises BackupError."""
        command = ["git", "-C", self.folder, "-c", "core.autocrlf=false", *arguments]
        try:
            result = subprocess.run(
                command,
                input=b"\0".join(map(os.fsencode, given)),
                capture_output=True,
                env=self._environment(),
                umask=0o077,
                timeout=_LIMIT,
                check=False,
            )
        except FileNotFoundError as exc:
            raise BackupError(
                "The program git is missing on the control node.",
                hint="Install git, or back up without it.",
                reached=True,
            ) from exc
        except subprocess.TimeoutExpired as exc:
            raise BackupError(
                f"{self._label}: git {arguments[0]} took longer than {_LIMIT:g} s.", reached=True
            ) from exc
        if result.returncode:
            reason = " ".join(result.stderr.decode("utf-8", "replace").split()) or (
                f"exit status {result.returncode}"
            )
            raise BackupError(f"{self._label}: git {arguments[0]} failed: {reason}", reached=True)
        return result.stdout

    def _environment(self) -> dict[str, str]:
        """Return the environment of git: no questions, no other repository, names taken literally."""
        match = _AUTHOR.fullmatch(self.author)
        name, address = match.groups() if match else ("", "")
        own = {name: text for name, text in os.environ.items() if name.removeprefix("GIT_") not in _FOREIGN}
        people = {
            f"GIT_{role}_{key}": value
            for role in ("AUTHOR", "COMMITTER")
            for key, value in (("NAME", name), ("EMAIL", address))
        }
        return own | people | {"GIT_TERMINAL_PROMPT": "0", "GIT_LITERAL_PATHSPECS": "1", "LC_ALL": "C"}

    @property
    def _label(self) -> str:
        return f"The repository {self.folder}"


def _message(template: str, files: Sequence[str]) -> str:
    """Return the message of a commit."""
    if len(files) <= _NAMED:
        return template.replace("{files}", ", ".join(files))
    names = "\n".join(files)
    return f"{template.replace('{files}', f'{len(files)} configurations')}\n\n{names}\n"
