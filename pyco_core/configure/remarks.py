# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a device says about lines that it accepts: warnings, and refusals that its driver does not know."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

_REMARK = re.compile(
    r"^(?:%|! ?\w)|\b(?:warning|caution|error|failed|cannot|not|ignored|removed|already)\b", re.IGNORECASE
)
_LONGEST = 300  # characters of one remark
_MOST = 20


def remarks(lines: Iterable[tuple[str, str]], mask: Callable[[str], str]) -> list[str]:
    """Return a sentence for each answer that a person should read.

    lines: commands with their answers. mask: hides passwords.
    """
    found: dict[str, None] = {}
    for line, answer in lines:
        texts = [" ".join(text.split()) for text in answer.splitlines()]
        first = next((place for place, text in enumerate(texts) if _REMARK.search(text)), None)
        if first is not None:
            said = " ".join(filter(None, texts[first:]))
            found[f"{mask(line)!r}: {mask(said)[:_LONGEST]}"] = None
    more = [f"The device said more about {len(found) - _MOST} lines."] * (len(found) > _MOST)
    return [*list(found)[:_MOST], *more]
