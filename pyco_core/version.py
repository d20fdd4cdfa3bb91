# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The version of pyco: of the collection that holds this package, or of the installed wheel."""

from __future__ import annotations

import json
import re
from importlib import metadata
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
_GALAXY = re.compile(r"^version: (\S+)", re.M)


def version(root: Path = _ROOT) -> str:
    """Return the version.

    root: the directory that holds this package. An installed collection has a MANIFEST.json there, a
    checkout a galaxy.yml; a wheel has neither.
    """
    manifest, galaxy = root / "MANIFEST.json", root / "galaxy.yml"
    if manifest.is_file():
        return str(json.loads(manifest.read_text("utf-8"))["collection_info"]["version"])
    if galaxy.is_file() and (match := _GALAXY.search(galaxy.read_text("utf-8"))):
        return match[1]
    return metadata.version("pyco-core")
