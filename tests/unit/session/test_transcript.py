# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import logging
import os
import resource
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timezone
from pathlib import Path

import pytest

from pyco_core.errors import InvalidParameter
from pyco_core.models.secret import MASK
from pyco_core.session.masker import Masker
from pyco_core.session.transcript import LineObserver, Transcript

SECRET = "S3cret-word"
TIME = datetime(2027, 1, 2, 3, 4, 5, 678_901, tzinfo=timezone.utc)
STAMP = "2027-01-02T03:04:05.678Z"


@contextmanager
def written(folder: Path, masker: Masker | None = None, name: str = "r1") -> Iterator[Transcript]:
    """Open a transcript and close it at the end."""
    with closing(Transcript(str(folder), name, (masker or Masker()).mask, lambda: TIME)) as transcript:
        yield transcript


def lines(folder: Path, name: str = "r1") -> list[str]:
    """Return the lines of a transcript without their timestamps."""
    text = (folder / f"{name}.log").read_text("utf-8").splitlines()
    assert all(line.startswith(f"{STAMP} ") for line in text)
    return [line.removeprefix(f"{STAMP} ") for line in text]


def observed() -> tuple[LineObserver, list[str]]:
    """Return an observer and the list of its lines."""
    output: list[str] = []
    return LineObserver(output.append, Masker([SECRET]).mask), output


# Lines


def test_sent_and_received_text_is_reported_by_line() -> None:
    observer, output = observed()
    observer.received(1, b"\r\nUser")
    observer.received(1, b"name: ")
    observer.sent(1, "pyco")
    observer.received(1, b"pyco\r\n\x1b[32mr1\x1b[0m>")
    assert output == ["1 < ", "1 < Username: ", "1 > pyco", "1 < pyco"]
    observer.flush()
    assert output[-1] == "1 < r1>"


def test_login_and_logout_are_reported_with_reason() -> None:
    observer, output = observed()
    observer.connected(2, "pyco@r1:23")
    observer.received(2, b"unfinished")
    observer.closed(2, f"The password {SECRET} is wrong.")
    assert output == [
        "2 * connected to pyco@r1:23",
        "2 < unfinished",
        f"2 * closed: The password {MASK} is wrong.",
    ]


def test_unfinished_line_of_hop_is_reported_before_next_hop() -> None:
    observer, output = observed()
    observer.received(1, b"$ telnet r1")
    observer.received(2, b"Username: \r\n")
    observer.received(1, b"$ \r\n")
    assert output == ["1 < $ telnet r1", "2 < Username: ", "1 < $ "]


def test_secret_in_two_reads_and_in_colour_is_masked() -> None:
    observer, output = observed()
    observer.received(1, b"neighbor password S3cr\x1b[1m")
    observer.received(1, b"et-wor\x1b[0md\r\n")
    observer.sent(1, f"enable secret {SECRET}")
    assert output == [f"1 < neighbor password {MASK}", f"1 > enable secret {MASK}"]


def test_transition_is_not_reported() -> None:
    observer, output = observed()
    observer.transition(1, "username", "GROUND", "USERNAME_SENT", ("send_username",))
    assert output == []


# The file


def test_transcript_lines_have_utc_timestamps_in_milliseconds(tmp_path: Path) -> None:
    with written(tmp_path) as transcript:
        transcript.sent(1, "show clock")
    assert (tmp_path / "r1.log").read_text() == "2027-01-02T03:04:05.678Z 1 > show clock\n"


def test_transcript_has_current_time_by_default(tmp_path: Path) -> None:
    before = datetime.now(timezone.utc)
    with closing(Transcript(str(tmp_path), "r1", str)) as transcript:
        transcript.sent(1, "show clock")
    stamp = (tmp_path / "r1.log").read_text().partition(" ")[0]
    assert abs((datetime.fromisoformat(stamp.replace("Z", "+00:00")) - before).total_seconds()) < 60


def test_secret_added_later_is_masked_from_then_on(tmp_path: Path) -> None:
    masker = Masker(["other"])
    with written(tmp_path, masker) as transcript:
        masker.add(SECRET)
        transcript.received(1, f"{SECRET}\n".encode())
    assert lines(tmp_path) == [f"1 < {MASK}"]


def test_invalid_utf8_and_surrogates_are_written_as_escapes(tmp_path: Path) -> None:
    with written(tmp_path) as transcript:
        transcript.received(1, b"caf\xe9 \0\xc3\xa9\n")
        transcript.sent(1, "half a pair: \ud800")
    assert lines(tmp_path) == ["1 < caf\\xe9 é", "1 > half a pair: \\ud800"]


def test_line_is_on_disk_before_session_ends(tmp_path: Path) -> None:
    with written(tmp_path) as transcript:
        transcript.sent(1, "show version")
        assert lines(tmp_path) == ["1 > show version"]


def test_unfinished_line_is_written_at_close(tmp_path: Path) -> None:
    with written(tmp_path) as transcript:
        transcript.received(1, b"half a line")
        assert lines(tmp_path) == []
    assert lines(tmp_path) == ["1 < half a line"]


def test_transcript_is_private_and_appended_to(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "folder"
    for command in ("one", "two"):
        with written(folder) as transcript:
            transcript.sent(1, command)
    assert lines(folder) == ["1 > one", "1 > two"]
    assert stat.S_IMODE(os.stat(folder / "r1.log").st_mode) == 0o600
    assert stat.S_IMODE(os.stat(folder).st_mode) == 0o700


def test_slash_in_name_of_transcript_is_replaced(tmp_path: Path) -> None:
    with written(tmp_path, name="site/r1") as transcript:
        transcript.sent(1, "one")
    assert lines(tmp_path, "site_r1") == ["1 > one"]


def test_closed_transcript_ignores_further_events(tmp_path: Path) -> None:
    with written(tmp_path) as transcript:
        transcript.close()
        transcript.sent(1, "late")
        transcript.received(1, b"late\r\nand unfinished")
    assert lines(tmp_path) == []


def test_folder_with_null_byte_is_refused() -> None:
    with pytest.raises(InvalidParameter, match=r"cannot be written to \\x00: embedded null byte"):
        Transcript("\0", "r1", str)


def test_folder_that_another_user_may_write_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "transcripts"
    folder.mkdir()
    folder.chmod(0o777)
    with pytest.raises(InvalidParameter, match=f"{folder} can be written by other users"):
        Transcript(str(folder), "r1", str)
    folder.chmod(0o1777)  # as /tmp: others cannot replace the file
    Transcript(str(folder), "r1", str).close()


def test_folder_that_cannot_be_created_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InvalidParameter) as caught:
        Transcript(str(tmp_path / "file" / "folder"), "r1", str)
    assert str(caught.value) == (
        f"The transcript of r1 cannot be written to {tmp_path}/file/folder: Not a directory. "
        "Check the setting 'transcript'."
    )


@contextmanager
def full_disk() -> Iterator[None]:
    """Let every write to a file fail, also those of this process to its own output."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_full_disk_ends_transcript_but_not_session(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "pyco"), written(tmp_path) as transcript, full_disk():
        transcript.sent(1, "one")
        transcript.received(1, b"two\n")
    assert caplog.messages == [f"The transcript {tmp_path}/r1.log ends here: File too large."]


def test_control_characters_are_written_as_escapes(tmp_path: Path) -> None:
    with written(tmp_path) as transcript:
        transcript.sent(1, "one\x1b[2J\x9b")
        transcript.received(1, b"a\x1b\x1b[m[2J\xc2\x9b2J\x07\xe2\x80\xa8\r\n")
    assert lines(tmp_path) == ["1 > one\\x1b[2J\\x9b", "1 < a[2J\\u2028"]
