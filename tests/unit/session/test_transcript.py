# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import logging
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyco_core.errors import InvalidParameter
from pyco_core.models.secret import MASK
from pyco_core.session.transcript import FileTranscript, NoTranscript, Transcript, mask

HIDDEN = "S3cret-word"
# A disk that is full when the transcript is written.
FULL = Path("/dev/full")


def written(folder: Path, name: str = "r1") -> str:
    return (folder / f"{name}.log").read_text("utf-8")


# Masking


@pytest.mark.parametrize(
    ("text", "secrets", "shown"),
    [
        ("the word is S3cret-word.", [HIDDEN], f"the word is {MASK}."),
        ("abcabc", ["abc"], MASK + MASK),
        ("abcd", ["ab", "abcd"], MASK),
        ("a.c abc", ["a.c"], f"{MASK} abc"),
        ("a*b", ["*"], f"a{MASK}b"),
        ("nothing to hide", [""], "nothing to hide"),
        ("nothing to hide", [], "nothing to hide"),
        ("back\\1slash", ["\\1"], f"back{MASK}slash"),
    ],
)
def test_every_secret_is_masked(text: str, secrets: list[str], shown: str) -> None:
    assert mask(text, secrets) == shown


@given(st.lists(st.text("abc*", min_size=1), min_size=1), st.data())
def test_no_secret_is_left_wherever_it_stands(secrets: list[str], data: st.DataObject) -> None:
    hidden = data.draw(st.sampled_from(secrets))
    text = f"-{hidden}-{hidden}-"
    left = mask(text, secrets).replace(MASK, "")
    assert hidden not in left


# The file


def test_what_was_sent_and_seen_stands_in_lines(tmp_path: Path) -> None:
    transcript = FileTranscript(str(tmp_path), "r1", [])
    transcript.saw(b"\r\nUser")
    transcript.saw(b"name: ")
    transcript.sent("pyco")
    transcript.saw(b"pyco\r\n\x1b[32mr1\x1b[0m>")
    transcript.close()
    assert written(tmp_path) == "< \n< Username: \n> pyco\n< pyco\n< r1>\n"


def test_a_secret_that_comes_in_two_reads_and_in_colour_is_masked(tmp_path: Path) -> None:
    transcript = FileTranscript(str(tmp_path), "r1", [HIDDEN])
    transcript.saw(b"neighbor password S3cr\x1b[1m")
    transcript.saw(b"et-wor\x1b[0md\r\n")
    transcript.sent(f"enable secret {HIDDEN}")
    transcript.close()
    assert written(tmp_path) == f"< neighbor password {MASK}\n> enable secret {MASK}\n"


def test_a_secret_that_is_learnt_later_is_masked_from_then_on(tmp_path: Path) -> None:
    secrets = ["other"]
    transcript = FileTranscript(str(tmp_path), "r1", secrets)
    secrets.append(HIDDEN)
    transcript.saw(f"{HIDDEN}\n".encode())
    transcript.close()
    assert written(tmp_path) == f"< {MASK}\n"


def test_bytes_and_characters_that_are_no_text_are_written_as_escapes(tmp_path: Path) -> None:
    transcript = FileTranscript(str(tmp_path), "r1", [])
    transcript.saw(b"caf\xe9 \0\xc3\xa9\n")
    transcript.sent("half a pair: \ud800")
    transcript.close()
    assert written(tmp_path) == "< caf\\xe9 é\n> half a pair: \\ud800\n"


def test_a_line_is_on_disk_before_the_session_ends(tmp_path: Path) -> None:
    transcript = FileTranscript(str(tmp_path), "r1", [])
    transcript.sent("show version")
    assert written(tmp_path) == "> show version\n"
    transcript.close()


def test_only_its_owner_reads_it_and_it_is_appended_to(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "folder"
    for word in ("one", "two"):
        transcript = FileTranscript(str(folder), "r1", [])
        transcript.sent(word)
        transcript.close()
    assert written(folder) == "> one\n> two\n"
    assert stat.S_IMODE(os.stat(folder / "r1.log").st_mode) == 0o600
    assert stat.S_IMODE(os.stat(folder).st_mode) == 0o700


def test_a_transcript_that_is_closed_takes_no_more_and_does_not_mind(tmp_path: Path) -> None:
    transcript = FileTranscript(str(tmp_path), "r1", [])
    transcript.close()
    transcript.sent("late")
    transcript.saw(b"late\r\nand unfinished")
    transcript.close()
    assert written(tmp_path) == ""


def test_a_folder_that_no_file_system_takes_is_refused() -> None:
    with pytest.raises(InvalidParameter, match="cannot be written to \0: embedded null byte"):
        FileTranscript("\0", "r1", [HIDDEN])


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InvalidParameter) as caught:
        FileTranscript(str(tmp_path / "file" / "folder"), "r1", [HIDDEN])
    assert str(caught.value) == (
        f"The transcript cannot be written to {tmp_path}/file/folder: Not a directory. "
        "Check ansible_pyco_transcript."
    )


@pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")
def test_a_full_disk_ends_the_transcript_and_not_the_session(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "r1.log").symlink_to(FULL)
    transcript = FileTranscript(str(tmp_path), "r1", [])
    with caplog.at_level(logging.WARNING, "pyco"):
        transcript.sent("one")
        transcript.saw(b"two\n")
        transcript.close()
    assert caplog.messages == [f"The transcript {tmp_path}/r1.log ends here: No space left on device."]


def test_no_transcript_takes_everything_and_writes_nothing(tmp_path: Path) -> None:
    transcript: Transcript = NoTranscript()
    transcript.sent("one")
    transcript.saw(b"two\n")
    transcript.close()
    assert not list(tmp_path.iterdir())
