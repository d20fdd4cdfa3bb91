# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The zip files that modules carry, and the compiled code of the sources in them."""

from __future__ import annotations

import binascii
import contextlib
import io
import struct
import types
import zipfile
import zipimport
from collections.abc import Iterator

MOST_PAYLOADS = 32
MOST_CODES = 4000
CODE_PREFIX = "ansible_payload.zip/"


def compile_source(source: bytes, filename: str) -> types.CodeType:
    """Return the code of a source, as zipimport compiles it. Raises SyntaxError, ValueError."""
    text = source.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    code: types.CodeType = compile(text, filename, "exec", dont_inherit=True)
    return code


def renamed_code(code: types.CodeType, filename: str) -> types.CodeType:
    """Return the code with another file name, as tracebacks and warnings show it."""
    constants = tuple(
        renamed_code(constant, filename) if isinstance(constant, types.CodeType) else constant
        for constant in code.co_consts
    )
    return code.replace(co_filename=filename, co_consts=constants)


def has_zipimport_in_python() -> bool:
    """Return True if zipimport is written in Python, since 3.8, so that compiled code can be passed to it."""
    return hasattr(zipimport, "_compile_source")


@contextlib.contextmanager
def zips_unread() -> Iterator[None]:
    """Let zipimport, since Python 3.8, find modules in this block without reading them.

    To tell the file of a module, it reads and compiles the source.
    """
    names = vars(zipimport)
    empty = compile("", "", "exec")
    others = {"_get_data": lambda archive, entry: b"", "_compile_source": lambda filename, source: empty}
    before = {name: names[name] for name in others}
    names.update(others)
    try:
        yield
    finally:
        names.update(before)


class Payloads:
    """Sources of modules by the name of their zip, and code by source, each compiled once.

    The bytes of a source are its key, so that code is used for nothing but the very same source.
    """

    def __init__(self) -> None:
        self.texts: dict[str, bytes] = {}  # base64, by digest
        self.codes: dict[bytes, types.CodeType] = {}
        self._sources: dict[tuple[int, int, bytes], bytes] = {}  # by their bytes in a zip

    def keep(self, digest: str, text: bytes) -> None:
        """Keep a zip, in base64, for the next modules with the same one."""
        if len(self.texts) >= MOST_PAYLOADS:
            self.texts.clear()
        self.texts[digest] = text

    def files(self, digest: str) -> dict[str, bytes]:
        """Return the Python sources in a zip, and compile those that are new; none if it is no zip."""
        try:
            data = binascii.a2b_base64(self.texts[digest])
            archive = zipfile.ZipFile(io.BytesIO(data))
            entries = [entry for entry in archive.infolist() if entry.filename.endswith(".py")]
            files = {entry.filename: self._source(archive, data, entry) for entry in entries}
        except (ValueError, struct.error, zipfile.BadZipFile):
            return {}
        if len(self.codes) + len(files) > MOST_CODES:
            self.codes.clear()
            self._sources.clear()
        for name, source in files.items():
            self._compile(name, source)
        return files

    def code(self, source: bytes, filename: str) -> types.CodeType:
        """Return the code of a source under a file name. Raises SyntaxError, ValueError."""
        code = self.codes.get(source)
        return compile_source(source, filename) if code is None else renamed_code(code, filename)

    def use_in_imports(self) -> None:
        """Let imports from zip files of this process use the compiled code. No effect before Python 3.8."""
        vars(zipimport).update(_compile_source=lambda filename, source: self.code(source, filename))

    def _source(self, archive: zipfile.ZipFile, data: bytes, entry: zipfile.ZipInfo) -> bytes:
        """Return a source in a zip. Most are in the zips of all modules, and are decompressed once."""
        name_size, extra_size = struct.unpack_from("<HH", data, entry.header_offset + 26)
        start = entry.header_offset + 30 + name_size + extra_size
        key = (entry.compress_type, entry.CRC, data[entry.header_offset : start + entry.compress_size])
        if key not in self._sources:
            self._sources[key] = archive.read(entry)
        return self._sources[key]

    def _compile(self, name: str, source: bytes) -> None:
        if source not in self.codes:
            try:
                self.codes[source] = compile_source(source, CODE_PREFIX + name)
            except (SyntaxError, ValueError):
                return  # raised again by the module that imports it
