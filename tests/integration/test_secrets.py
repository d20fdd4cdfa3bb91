# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""No secret leaves the places where it belongs: everything that a run can leave behind is searched."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

import pytest

from tests.lab.topology import HOSTS, STATE

from .ctl import Ctl
from .test_errors import WRONG

pytestmark = pytest.mark.lab

PLAYS = """
- name: All that knows a secret
  hosts: hop1_phrased:hop1_odd:hop2_typed:hop2_telnet:hop2_openssh:near:near_vty:edge:edge_typed
  gather_facts: false
  become: "{{ 'vty' in group_names }}"
  ignore_errors: true
  ignore_unreachable: true
  tasks:
    - name: Work
      pyco.cli.pyco_command:
        commands: "{{ 'id' if 'linux' in group_names else 'show version' }}"
    - name: Fail
      pyco.cli.pyco_command:
        commands: show nonsense
    - name: Be refused
      pyco.cli.pyco_command:
        commands: exit
      vars:
        ansible_password: "{{ wrong }}"
        ansible_become_password: "{{ wrong }}"
    - name: Be refused later
      pyco.cli.pyco_command:
        commands: show version
      when: "'vty' in group_names"
      vars:
        ansible_become_password: "{{ wrong }}"
    - name: Show them
      pyco.cli.pyco_command:
        commands: show running-config
      no_log: true
      when: "'vty' in group_names"
    - name: Leave
      ansible.builtin.meta: reset_connection
"""


class Watch(threading.Thread):
    """Reads what any user of the machine, or its administrator, can see of all processes, again and again."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[bytes] = set()
        self.done = threading.Event()

    def run(self) -> None:
        while not self.done.wait(0.02):
            for folder in Path("/proc").glob("[0-9]*"):
                for name in ("cmdline", "environ"):
                    with suppress(OSError):
                        self.seen.add((folder / name).read_bytes())


@contextmanager
def watching() -> Iterator[set[bytes]]:
    watch = Watch()
    watch.start()
    try:
        yield watch.seen
    finally:
        watch.done.set()
        watch.join()


def forms(secret: str) -> set[bytes]:
    """A secret as it is, and as a URL, base64 or Python would write it."""
    text = secret.encode()
    return {text, quote(secret, safe="").encode(), repr(secret)[1:-1].encode(), base64.b64encode(text)[:-4]}


@pytest.fixture
def home() -> Iterator[Path]:
    """A home folder of a short name: the path of the broker's socket, which is in it, must be short."""
    with TemporaryDirectory(prefix="home") as name:
        yield Path(name)


@pytest.mark.parametrize("persist", ["0", "60"])
def test_no_secret_is_found_anywhere(ctl: Ctl, tmp_path: Path, home: Path, persist: str) -> None:
    transcripts = tmp_path / "transcripts"
    wrong = ctl.folder / "wrong.json"
    wrong.write_text(json.dumps({"wrong": WRONG}))
    env = {
        "HOME": str(home),
        "PYCO_PERSIST": persist,
        "PYCO_TRANSCRIPT": str(transcripts),
        "ANSIBLE_LOG_PATH": str(tmp_path / "ansible.log"),
        "ANSIBLE_DEBUG": "1",
    }
    with watching() as seen:
        run = ctl.playbook(PLAYS, "-vvvvv", "-e", f"@{wrong}", env=env)
    texts: dict[str, bytes] = {"the output": run.out.encode()}
    texts |= {f"process {index}": text for index, text in enumerate(seen)}
    places = [
        tmp_path,
        home,
        *(STATE / host.name / part for host in HOSTS for part in ("home", "log", "tmp")),
    ]
    for place in places:
        files = (path for path in place.rglob("*") if path.is_file() and path.name != "lastlog")
        texts |= {str(path): path.read_bytes() for path in files}
    assert (tmp_path / "ansible.log").stat().st_size > 10000
    assert any(transcripts.iterdir())
    assert any(b"ansible-playbook" in text for text in seen)
    secrets = [WRONG, *(secret for group in ctl.secrets.values() for secret in group.values())]
    found = [
        f"{place}: {secret}"
        for place, text in texts.items()
        for secret in secrets
        for form in forms(secret)
        if form in text
    ]
    assert not found, "\n".join(found)


def test_a_transcript_shows_the_dialogue_with_the_mask_in_place_of_secrets(ctl: Ctl, tmp_path: Path) -> None:
    env = {"PYCO_TRANSCRIPT": str(tmp_path)}
    run = ctl.ansible(
        "ansible", "edge", "-m", "pyco_command", "-a", "commands='show version'", "--become", env=env
    )
    assert run.ok("edge")
    text = "\n".join(path.read_text() for path in sorted(tmp_path.rglob("*")) if path.is_file())
    for word in (
        "telnet edge 2601",
        "User Access Verification",
        "enable",
        "show version",
        "FRRouting 8.4.4",
        "********",
    ):
        assert word in text
