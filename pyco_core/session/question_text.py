# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The texts of questions that a device may ask, in any driver."""

from __future__ import annotations

import re

_CHOICE = (
    r"[\[(<] ?y(?:es)? ?[/|,] ?no?\b[^\])>]{0,60}[\])>]|\(y\)|\[confirm\]|\[yes\]|\[no\]"  # [Y/N], (yes/no)
    r"|['\"]?yes['\"]? or ['\"]?no['\"]?[^:?>\r\n]{0,40}"  # Enter 'yes' or 'no' to confirm ->
)
_SECRET = r"(?<![\w@.-])(?:password|passphrase|passcode|code|token|otp|pin|response)\b[^:]{0,40}:"
_NAME = r"(?<![\w@.-])(?:user ?name|login)\b[^:]{0,40}:"  # not "admin@login:~$"
_END = r"(?: ?[\[(][^\])]{0,40}[\])])?\W{0,6}\Z"  # a default, and a colon
_VERBS = r"(?:enter|type|input|choose|select|specify|provide|retype|confirm)\b|press [yn]\b"
_DEMAND = rf"^\W{{0,8}}(?:please )?(?:{_VERBS})[^:?]{{0,80}}[:?]"
_OFFER = r"\w ?[\[(][^\])]{0,60}[\])] ?\?"  # Destination filename [startup-config]?
_TOPIC = r"\b(?:pass ?(?:word|phrase|code)|log ?in|user(?: ?name)?|token|pin|choice|select|option)\b"
SURE_QUESTION = re.compile(rf"(?i)(?:{_CHOICE}|{_SECRET}|{_NAME}){_END}")
QUESTION = re.compile(rf"(?i)(?:{_CHOICE}|{_SECRET}|{_NAME}|{_DEMAND}|{_OFFER}|\w ?\?){_END}")
# No prompt, even if the device shows it again after an empty line; "Enter an option:" of a menu is one.
NO_PROMPT = re.compile(rf"(?i)(?:{_CHOICE}|{_SECRET}|{_NAME}|\w ?\?){_END}")
# A line about these may be a question, whatever its last character is.
MAYBE_QUESTION = re.compile(rf"(?i){_TOPIC}|{QUESTION.pattern.removeprefix('(?i)')}")
