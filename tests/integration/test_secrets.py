# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets must not leak: search the output, logs, files and processes of a run for them."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

import pytest

from tests.lab.topology import HOSTS, STATE
from tests.process_reader import reading_processes

from .ctl import Ctl
from .test_errors import WRONG

pytestmark = pytest.mark.lab

PLAYS = """
- name: Use every secret
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


def forms(secret: str) -> set[bytes]:
    """Return a secret plain, URL-quoted, as a Python literal and in base64."""
    text = secret.encode()
    return {text, quote(secret, safe="").encode(), repr(secret)[1:-1].encode(), base64.b64encode(text)[:-4]}


@pytest.fixture
def home() -> Iterator[Path]:
    """Return a home folder with a short name, since it contains the broker's socket."""
    with TemporaryDirectory(prefix="home") as name:
        yield Path(name)


@pytest.mark.parametrize("persist", ["0", "60"])
def test_secrets_do_not_leak(ctl: Ctl, tmp_path: Path, home: Path, persist: str) -> None:
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
    with reading_processes() as process_texts:
        run = ctl.playbook(PLAYS, "-vvvvv", "-e", f"@{wrong}", env=env)
    texts: dict[str, bytes] = {"the output": run.out.encode()}
    texts |= {place: b"\0".join(each) for place, each in process_texts.items()}
    folders = [
        tmp_path,
        home,
        *(STATE / host.name / part for host in HOSTS for part in ("home", "log", "tmp")),
    ]
    for folder in folders:
        files = (path for path in folder.rglob("*") if path.is_file() and path.name != "lastlog")
        texts |= {str(path): path.read_bytes() for path in files}
    assert (tmp_path / "ansible.log").stat().st_size > 10000
    assert any(transcripts.iterdir())
    assert any(b"ansible-playbook" in text for each in process_texts.values() for text in each)
    secrets = [WRONG, *(secret for group in ctl.secrets.values() for secret in group.values())]
    leaks = [
        f"{source}: {secret}"
        for source, text in texts.items()
        for secret in secrets
        for form in forms(secret)
        if form in text
    ]
    assert not leaks, "\n".join(leaks)


def test_transcript_masks_secrets(ctl: Ctl, tmp_path: Path) -> None:
    env = {"PYCO_TRANSCRIPT": str(tmp_path)}
    run = ctl.ansible(
        "ansible", "edge", "-m", "pyco_command", "-a", "commands='show version'", "--become", env=env
    )
    assert run.ok("edge")
    text = "\n".join(path.read_text() for path in sorted(tmp_path.rglob("*")) if path.is_file())
    for expected in (
        "telnet edge 2601",
        "User Access Verification",
        "enable",
        "show version",
        "FRRouting 8.4.4",
        "********",
    ):
        assert expected in text
