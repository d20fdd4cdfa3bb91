# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""TTP templates: a caller's, or those of ttp-templates."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from ..errors import InvalidParameter
from .failure import mismatch, no_template, optional

_NAME = "ttp"
_UNSAFE = re.compile(r"[^\w.]+")  # in the name of a command, which is a part of a file name
_SCHEME = "ttp://"  # of the path of a template in ttp-templates
# Errors of the library for an invalid template: it checks few of them.
_INVALID = (SystemExit, SyntaxError, ValueError, LookupError, TypeError, AttributeError, NameError, OSError)


def check(template: str = "") -> None:
    """Check a template, "" for ttp-templates, and its libraries.

    Raises InvalidParameter if it is invalid, and MissingLibrary if they are not installed. The library finds
    some mistakes only in the presence of an output.
    """
    _import(template)
    if template:
        with _errors():
            _parser("", _text(template))


def _import(template: str) -> None:
    """Raise MissingLibrary if the libraries for a template are not installed."""
    with optional(_NAME, "ttp"):
        import_module("ttp")
    if not template or template.startswith(_SCHEME):
        with optional(_NAME, "ttp-templates"):
            import_module("ttp_templates")


def parse(text: str, platforms: Sequence[str], command: str) -> list[Any]:
    """Return the results of an output by the template of ttp-templates for the command.

    platforms: names of the platform in ttp-templates, tried in turn. Raises ParseError, and MissingLibrary.
    """
    _import("")
    name = _UNSAFE.sub("_", " ".join(command.lower().split()).replace("|", "pipe"))
    for platform in platforms:
        template = _read(f"platform/{platform}_{name}.txt")
        if template:
            return parse_with(text, template, command)
    known = platforms[0] if platforms else "this driver"
    raise no_template(f"ttp-templates has no template for {command!r} on {known}.", command)


def _read(path: str) -> str:
    """Return the text of a template of ttp-templates, "" if there is none. path: in its folder.

    The reader of ttp-templates 0.6.18 finds no template if a link leads to the folder.
    """
    folder = os.path.realpath(import_module("ttp_templates").__path__[0])
    file_name = os.path.realpath(os.path.join(folder, path))
    if not (file_name.startswith(folder + os.sep) and os.path.isfile(file_name)):
        return ""
    with open(file_name, encoding="utf-8") as file:
        return file.read()


def parse_with(text: str, template: str, command: str = "") -> list[Any]:
    """Return the results of an output. template: the text of a TTP template, or ttp://PATH of ttp-templates.

    Raises ParseError, InvalidParameter for an invalid template, and MissingLibrary.
    """
    _import(template)
    template = _text(template)
    with _errors():
        parser = _parser(text, template)
        parser.parse(one=True)
        results: list[Any] = parser.result(structure="flat_list")
    if not any(results):
        raise mismatch(_NAME, command, "no line matches the template.")
    return results


def _text(template: str) -> str:
    """Return the text of a template. template: its text, or ttp://PATH. Raises InvalidParameter."""
    if template.startswith(_SCHEME):
        path = template.removeprefix(_SCHEME)
        template = _read(path)
        if not template:
            raise InvalidParameter(f"ttp-templates has no template {path!r}.")
    if "{{" not in template:
        raise InvalidParameter("The TTP template has no {{ variable }}.", hint="Give its text.")
    return template


def _parser(text: str, template: str) -> Any:
    """Return the parser of the library for an output, "" for none yet."""
    from ttp import ttp

    # A single line would be taken for the name of a file, which TTP reads: it begins with a line end.
    return ttp(data=f"\n{text}", template=f"\n{template}", log_level="CRITICAL")


@contextmanager
def _errors() -> Iterator[None]:
    """Raise InvalidParameter for an error of the library."""
    try:
        yield
    except (*_INVALID, re.error) as exc:
        reason = " ".join(str(exc).split())
        raise InvalidParameter(f"invalid TTP template: {type(exc).__name__}: {reason}.") from exc
