# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a device says about lines that it accepts: warnings, and refusals that its driver does not know."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

_REMARK = re.compile(
    r"^ *(?:%|! ?\w)|\b(?:warning|caution|error|failed|cannot|not|ignored|removed|already)\b", re.IGNORECASE
)
_LONGEST = 300  # characters of one remark
_MOST = 20


def remarks(lines: Iterable[tuple[str, str]], mask: Callable[[str], str]) -> list[str]:
    """Return a sentence for each answer that a person should read.

    lines: commands with their answers. mask: hides passwords.
    """
    found: dict[str, None] = {}
    for line, answer in lines:
        said = " ".join(text.strip() for text in answer.splitlines() if _REMARK.search(text))
        if said:
            found[f"{mask(line)!r}: {mask(said)[:_LONGEST]}"] = None
    texts = list(found)
    more = [f"The device said more about {len(texts) - _MOST} lines."] * (len(texts) > _MOST)
    return [*texts[:_MOST], *more]
