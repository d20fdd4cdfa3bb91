# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The visible text of terminal output: without colours, redraws and echo."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

# An incomplete sequence at the end.
_CUT = rb"(?:\[[0-?]*[ -/]*|[]PX^_k][^\x07\x1b]*\x1b?|[ -/]*)\Z"
# ECMA-48: control sequences; strings (window titles), with the ESC k of screen; character set
# choices and the like; single escapes. A lone ESC in front of other text is removed too: otherwise it could
# form a sequence with the text behind a removed one, as in `ESC ESC[m[2J`.
_ESCAPE = re.compile(
    rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|[]PX^_k][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]+[0-~]|[0-OQ-WYZ\\`-jl-~]|"
    rb"(?!" + _CUT + rb"))"
)
# An incomplete escape. It is not visible, and it does not end a line either.
_CUT_ESCAPE = re.compile(rb"\x1b" + _CUT)
# The controls of ECMA-48 as one character: U+009B is the same as ESC [ for a terminal.
_C1 = re.compile(rb"\xc2[\x80-\x9f]")
# Rewriting of a line, as by a pager that erases itself: cursor left (CUB), and erase to its end (EL) after
# the cursor went back. A CAN, which has no meaning in text, represents the latter.
_LEFT = re.compile(rb"\x1b\[([0-9]{0,3})D")
# Cursor right (CUF): over existing text, otherwise over blanks, as Windows' console writes them. An FS, which
# has no meaning in text either, represents one column. SYN, ETB (left), RS and US (right) represent many, so
# that a sequence becomes hardly longer.
_RIGHT = re.compile(rb"\x1b\[([0-9]{0,3})C")
_ERASED = re.compile(rb"(?<=[\r\b])\x1b\[[02]?K")
# The same behind text that overwrites other text.
_SHORTENED = re.compile(rb"([\r\b][^\n\r\b\x1b]{0,512})\x1b\[0?K")
# The whole line is erased (EL 2); the cursor stays. An EM represents it.
_CLEARED = re.compile(rb"\x1b\[2K")
_LINE_START = re.compile("\n[\r\x18]+")
_CONTROL = re.compile(rb"[\x00-\x08\x0d-\x1f]")
# The mark of fish and zsh behind output without a final newline: blanks up to the width, which wrap the line.
_MARK = re.compile(rb"(?:\xe2\x8f\x8e|\x1b\[7m[%#])(?:\x1b[^ \r\n]*)? {20,}\r|[%#] {20,}\r \r")
_BLANK = " \t\r\n\b\x16\x17\x18\x19\x1c\x1d\x1e\x1f"
_FEW, _MANY = 8, 64  # columns of one character
_MOVES = {"\b": -1, "\x16": -_FEW, "\x17": -_MANY, "\x1c": 1, "\x1e": _FEW, "\x1f": _MANY}
_ROW = 4 * 511  # cells that a movement can reach; a longer line is wrapped
_TRIED = 512  # bytes of a pager's line
_PIECE = 1 << 18  # bytes of one search or decoding; other threads wait for it
_decoder = codecs.getincrementaldecoder("utf-8")
# The place in a line from which the device goes on; the cursor does not go back behind it.
MARGIN = b"\x1d"
WIDTH = 511  # columns of the terminal; the cursor moves no further
ECHO_LINES = 16  # log messages between a command and its echo
SCROLLED = 8  # characters at the end of a long line that a device shows at least


def strip_escapes(data: bytes) -> bytes:
    """Return the data without colours, titles, bells and padding; CR LF, and ESC E or U+0085, as LF.

    Cursor movements become backspaces (left) and FS (right).
    """
    text = _strip(data) if len(data) <= _PIECE else b"".join(_pieces(data))
    # The removal of other controls may have formed one.
    return _C1.sub(b"?", text) if 0xC2 in text else text


def _pieces(data: bytes) -> Iterator[bytes]:
    """Yield the text of long data, cut at line ends, or else in front of an escape."""
    start = 0
    while len(data) - start > _PIECE:
        end = data.rfind(b"\n", start, start + _PIECE) + 1
        is_line = end > 0
        if not is_line:
            end = data.rfind(b"\x1b", start + 1, start + _PIECE)
            end = end if end > 0 else start + _PIECE - data.startswith(b"\r", start + _PIECE - 1)
        # The rest of a sequence must not form another one with the next piece.
        text = _strip(data[start:end])
        yield text if is_line else text.replace(b"\x1b", b"")
        start = end
    yield _strip(data[start:])


def _strip(data: bytes) -> bytes:
    # A search for a number is several times faster than one for bytes.
    if 0 in data:
        data = data.replace(b"\0", b"")  # it may be inside an escape sequence
    if 0xC2 in data:
        data = _C1.sub(_seven_bits, data)
    if 0x1B in data:
        if b"D" in data or b"K" in data:
            data = _CLEARED.sub(b"\x19", _ERASED.sub(b"\x18", _LEFT.sub(_backspaces, data)))
            data = _SHORTENED.sub(b"\\1\x18", data)
        if b"C" in data:
            data = _RIGHT.sub(_steps, data)
        data = _ESCAPE.sub(b"", data.replace(b"\x1bE", b"\n"))
    # A search is cheaper than a copy, and these bytes are rare.
    if 7 in data or 14 in data or 15 in data or 127 in data:
        data = data.translate(None, b"\a\x0e\x0f\x7f")
    return data.replace(b"\r\n", b"\n")


def _seven_bits(control: re.Match[bytes]) -> bytes:
    return bytes((0x1B, control[0][1] - 0x40))


def _backspaces(left: re.Match[bytes]) -> bytes:
    many, few, one = _parts(left)
    return b"\x17" * many + b"\x16" * few + b"\b" * one


def _steps(right: re.Match[bytes]) -> bytes:
    many, few, one = _parts(right)
    return b"\x1f" * many + b"\x1e" * few + b"\x1c" * one


def _parts(movement: re.Match[bytes]) -> tuple[int, int, int]:
    """Return the columns of a movement as numbers of _MANY, _FEW and single ones, of which there is one."""
    columns = min(int(movement[1] or 1), WIDTH)
    many, rest = divmod(columns - 1, _MANY) if columns else (0, -1)
    few, one = divmod(rest, _FEW)
    return (many, few, one + 1) if columns else (0, 0, 0)


def decode(data: bytes) -> str:
    """Decode UTF-8; an invalid byte becomes an escape, as with `backslashreplace`.

    Long data is decoded in pieces: invalid bytes take a thousand times as long as text, while threads wait.
    """
    if len(data) <= _PIECE:
        return data.decode("utf-8", "backslashreplace")
    pieces = _decoder("backslashreplace")
    return "".join(
        pieces.decode(data[start : start + _PIECE], final=start + _PIECE >= len(data))
        for start in range(0, len(data), _PIECE)
    )


def render(text: str) -> str:
    """Return the text as a terminal shows it: LF line ends, no overwritten characters."""
    if not _redrawn(text):
        return text
    if len(text) <= _PIECE:
        return _rendered(text)
    pieces, start = [], 0
    while len(text) - start > _PIECE:
        end = text.rfind("\n", start, start + _PIECE)
        end = end if end > start else text.find("\n", start + _PIECE)
        if end < 0:
            break
        pieces.append(_rendered(text[start:end]))
        start = end
    pieces.append(_rendered(text[start:]))
    return "".join(pieces)


def _rendered(text: str) -> str:
    text = _LINE_START.sub("\n", text)
    return "\n".join(_overwritten(line) if _redrawn(line) else line for line in text.split("\n"))


def last_line(data: bytes) -> bytes:
    """Return the unfinished last line up to the cursor, for the matcher; line breaks inside it as LF.

    Text behind the cursor is a remainder of overwritten text. Only if the cursor went back to the start of
    the line and nothing was written since, it is the whole line and a CR. A pager can end so (BIRD's does),
    a prompt never does.
    """
    if not _CONTROL.search(data):
        return data
    data = strip_escapes(_CUT_ESCAPE.sub(b"\x1b", data.replace(b"\0", b"")))
    text = _LINE_START.sub("\n", data.decode("utf-8", "surrogateescape"))
    finished, end, line = text.rpartition("\n")
    if _redrawn(line):
        cells, column = _cells(line)
        at_start = line.endswith("\r")
        line = "".join(cell or " " for cell in (cells if at_start else cells[:column]))
        line = f"{line}\r" if at_start and line.strip() else line
    return (render(finished) + end + line).encode("utf-8", "surrogateescape")


def unfinished_size(data: bytes) -> int:
    """Return the size of the output before a prompt in its line, 0 if the shell has not marked its end."""
    mark = _MARK.search(data) if b"   " in data else None
    return mark.start() if mark and strip_escapes(data[: mark.start()]).strip() else 0


def raw_size(data: bytes, text: bytes) -> int:
    """Return the number of bytes of an unfinished line that show this text, which is its beginning."""
    guess = len(data) - (len(last_line(data)) - len(text))
    sizes = (guess, *range(len(data), max(0, len(data) - _TRIED) - 1, -1))
    return next((size for size in sizes if last_line(data[:size]) == text), guess)


def _redrawn(line: str) -> bool:
    # A regex takes ten times as long.
    return "\r" in line or "\b" in line or "\x1c" in line or "\x19" in line or "\x1d" in line


def _overwritten(line: str) -> str:
    """Return the visible part of a line, without blanks at its end that erased text or follow the cursor."""
    plain = line.rstrip("\r")
    if not _redrawn(plain):
        return plain
    cells, column = _cells(line)
    while cells and (not cells[-1] or (cells[-1] == " " and len(cells) > column)):
        cells.pop()
    return "".join(cell or " " for cell in cells)


def _cells(line: str) -> tuple[list[str], int]:
    """Return the visible cells of an overwritten line, "" for erased ones, and the cursor's position.

    The rows of a long line are a cell each; the cursor does not return to them.
    """
    cells: list[str] = []
    done: list[str] = []
    column = margin = 0
    for char in line:
        if char in _MOVES:
            column = max(margin, min(column + _MOVES[char], max(WIDTH, len(cells))))
            cells.extend(" " * (column - len(cells)))
        elif char == "\r":
            column = margin
        elif char == "\x18":
            del cells[column:]
        elif char == "\x19":
            cells[margin:] = [""] * (column - margin)
        elif char == "\x1d":
            margin = column
        else:
            erases = char == " " and column < len(cells)
            cells[column : column + 1] = ("" if erases else char,)
            column += 1
            if column > _ROW:
                done.append("".join(cell or " " for cell in cells[:column]))
                del cells[:column]
                column = margin = 0
    if margin and cells[margin : 2 * margin] == cells[:margin]:  # the device has drawn the whole line again
        del cells[:margin]
        column -= margin
    return done + cells, len(done) + column


def split_echo(text: str, command: str) -> str | None:
    """Return the text after the echo of a command, or None if there is no echo yet.

    text: without escapes, not rendered. An echo may be wrapped at the terminal's width, with line ends,
    blanks and backspaces in it, or scrolled so that only its end is left. Some log messages and a prompt may
    precede it.
    """
    command = command.strip()
    start = 0
    for _rest in range(ECHO_LINES):
        rest = _after_wrapped(text, start, command)
        if rest is not None:
            return rest
        end = text.find("\n", start)
        if end < 0:
            return None
        line = render(text[start:end]).rstrip()
        if line and (line.endswith(command) or _scrolled(line, command)):
            return text[end + 1 :]
        start = end + 1
    return None


def _scrolled(line: str, command: str) -> bool:
    """Return True if a line shows the end of the command behind the sign of a scrolled line."""
    first = max(0, len(line) - len(command) - 1)
    signs = [place for place in range(first, len(line) - SCROLLED) if line[place] in "$<"]
    return any(command.endswith(line[place + 1 :]) for place in signs)


def _after_line(text: str, position: int) -> str | None:
    """Return the text after the next line end, None if there is more than blanks before it."""
    end = text.find("\n", position)
    if end < 0 or text[position:end].strip(_BLANK):
        return None
    return text[end + 1 :]


def _after_wrapped(text: str, start: int, command: str) -> str | None:
    """Return the text after a command at this start, however it is wrapped, or None."""
    if text.startswith(command, start) and (rest := _after_line(text, start + len(command))) is not None:
        return rest
    places = {start}
    for char in "".join(command.split()):
        places = {after for place in places for after in _after_char(text, place, char)}
        if not places:
            return None
    return next((rest for place in places if (rest := _after_line(text, place)) is not None), None)


def _after_char(text: str, place: int, char: str) -> Iterator[int]:
    """Yield the positions after the next character, which only blanks and wrapping may precede."""
    while place < len(text) and text[place] != char and text[place] in _BLANK:
        place += 1
    if text[place : place + 1] == char:
        yield place + 1
        if text[place + 1 : place + 3] == "\r" + char:
            yield place + 3  # readline wraps by writing a character once more in the next line
