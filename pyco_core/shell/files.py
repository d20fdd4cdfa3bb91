# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scripts for a POSIX shell that write and read one file, with 8 bits of standard input and output.

The input of PUT is the content and then a trailer of TRAILER bytes, with its checksum and size: an input that
ends early, because the connection is lost, has none, and the old file stays. Each script shows a token, so
that output of the login's own files is told from the script's.
"""

from __future__ import annotations

import re
import shlex

from ..errors import TransferFailed
from .checksum import Checksum

TRAILER = 40  # bytes
_DAMAGED = 9  # exit status: the content has another checksum than the trailer

# $1: the file. $2: the token. The new file is private until it is complete. A program
# without `stat` gets the permissions of a new file.
_PUT = """
f=$1 u=$(umask)
fail() { printf '%s\\n' "$1" >&2; exit 1; }
if [ -h "$f" ]; then t=$(readlink -f "$f"; echo .) && t=${t%??} && f=$t; fi
[ ! -d "$f" ] || fail 'it is a folder'
[ ! -e "$f" ] || [ -f "$f" ] || fail 'it is not an ordinary file'
case $f in */*) d=${f%/*}/ ;; *) d=./ ;; esac
[ -d "$d" ] || fail 'the folder does not exist'
o= k=
if [ -e "$f" ]; then
  k=$(stat -c '%a %u:%g' "$f" 2>/dev/null || stat -f '%Lp %u:%g' "$f" 2>/dev/null)
  if [ -w "$f" ] && [ ! -w "$d" ]; then o=1 d=${TMPDIR:-/tmp}/; fi
fi
t=$d.pyco-$2
umask 077
trap 'rm -f "$t"' 0
trap 'exit 1' 1 2 13 15
cat >"$t" || exit 1
set -f
set -- $(tail -c TRAILER "$t") "$2"
case $1$2 in *[!0-9]*|'') exit 9 ;; esac
[ $# = 3 ] || exit 9
dd if=/dev/null of="$t" bs=1 seek="$2" 2>/dev/null || exit 9
if command -v cksum >/dev/null; then s=$(cksum <"$t"); else s="$1 $(wc -c <"$t")"; fi
e="$1 $2" n=$3
set -- $s
[ "$1 $2" = "$e" ] || exit 9
if [ "$o" ]; then cat "$t" >"$f" || exit 1
else
  if [ "$k" ]; then
    chown "${k#* }" "$t" 2>/dev/null
    chmod "${k%% *}" "$t" || exit 1
  else chmod "$(printf %o $((MODE & ~0$u)))" "$t" || exit 1
  fi
  mv -f "$t" "$f" 2>/dev/null || cat "$t" >"$f" || exit 1
fi
echo "$n"
"""

# $1: the file. $2: the token. A file that is written to meanwhile, or has no size such as one in /proc, has
# no checksum.
_FETCH = """
f=$1
fail() { printf '%s\\n' "$1" >&2; exit 1; }
[ ! -d "$f" ] || fail 'it is a folder'
[ -e "$f" ] || fail 'there is no such file'
exec <"$f" || exit 1
a=$(ls -lnL "$f")
printf '%s\\n' "$2"
cat || exit 1
s='- -'
if [ -f "$f" ] && [ -s "$f" ] && command -v cksum >/dev/null; then
  s=$(cksum <"$f")
  [ "$a" = "$(ls -lnL "$f")" ] || s='- -'
fi
printf '\\n%s %s\\n' "$2" "$s" >&2
"""


def put_command(path: str, mode: int, token: str) -> bytes:
    """Return the command line that writes a file; its input ends with `trailer`."""
    script = _PUT.replace("TRAILER", str(TRAILER)).replace("MODE", f"0{mode:o}")
    return _command(script, path, token)


def trailer(checksum: Checksum) -> bytes:
    """Return the end of the input of PUT."""
    return checksum.text.rjust(TRAILER).encode()


def fetch_command(path: str, token: str) -> bytes:
    """Return the command line that reads a file."""
    return _command(_FETCH, path, token)


def _command(script: str, path: str, token: str) -> bytes:
    name = f"./{path}" if path.startswith("-") else path
    parts = ("exec", "/bin/sh", "-c", script, "pyco", name, token)
    return " ".join(shlex.quote(part) for part in parts).encode("utf-8", "surrogateescape")


def put_error(path: str, status: int, stderr: bytes) -> TransferFailed:
    """Return the error for a file that was not written."""
    reason = "it arrived damaged or incomplete" if status == _DAMAGED else _reason(stderr)
    return TransferFailed(
        f"{path!r} was not written: {reason}.", hint="The old file is as it was.", reached=True
    )


def fetch_error(path: str, stderr: bytes) -> TransferFailed:
    """Return the error for a file that was not read."""
    return TransferFailed(f"{path!r} was not fetched: {_reason(stderr)}.", reached=True)


def changed(path: str) -> TransferFailed:
    """Return the error for a file with another checksum than its content as it arrived."""
    return TransferFailed(f"{path!r} was changed while it was fetched.", hint="Fetch it again.", reached=True)


def _reason(stderr: bytes) -> str:
    """Return the reason in the last line of a message, without the names of the program and the file."""
    line = stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
    return re.sub(r".*: ", "", line).strip(".") or "no reason was given"
