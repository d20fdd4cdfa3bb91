# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The prompts of shells and of other command lines that a command of the user opens on a device."""

from __future__ import annotations

import re

from .question_text import QUESTION

SLOW = 3  # times the idle timeout, after a command that is not known to open a shell
# Commands that open a shell, another CLI, or a console on many platforms: by their first word, or by any.
_OPENERS = re.compile(
    r"(?i)[_!:/]?(?:container|debug|diag\w*|docker|enter\w*|exec\w*|fnsysctl|initcli|lcli|lxc-\w+|module|mysql|open\w*"
    r"|platform|python[\d.]*|request|rlogin|root|rsession|rsh|run|slot|ssh|start\w*|su|sudo|support|system"
    r"|telnet|tools?|virtual-service|vm-\w+|vsh|vtysh)(?=[\s-]|\Z)"
    r"|(?:.*[\s/_!:-])?(?:attach|connect|console|session|(?:ba|tc|z|c|k|fhv|guest)?sh(?:ell)?|cli|expert)(?=[\s-]|\Z)"
)
# Commands that print, or work for a long time, and stay in their mode. `show` alone may open a menu.
_READERS = re.compile(
    r"(?i)(?:do |run |admin )?(?:(?:sh(?:ow?)?|disp\w*|get|test|save|reset|clear)(?= +\S)"
    r"|cat|more|less|tail|head|dir|ls|list|print|info|help|ping|trace\w*|copy|cp|write|verify|install\w*|upgrade|update|download|upload|archive|tar|erase"
    r"|format|delete|reload|reboot|commit|load|monitor|export|backup|restore"
    r"|exit|quit|logout|end|return|disconnect|bye|close|abort)(?=\s|\Z)"
)
# "lc5#", "adapter 1/1/1 #", "[guestshell@guestshell ~]$", "XR[ios:~]$", "(Cisco Controller) show>"
_NAME = (
    r"(?=[^A-Za-z]*[A-Za-z])(?:\([\w .-]{1,40}\) |[\w.-]{0,30})\[?"
    r"[\w.@:~/()+*-]{1,64}(?: [\w.@:~/()*-]{1,64})%s\]? ?"
)
_END = r"(?:[#$]|>{1,3}|(?<![\d ])%)"
_NAMED = re.compile(_NAME % "?" + _END)
_WORDY = re.compile(_NAME % "{0,2}" + _END)  # "adapter 1/1/1 (top):1#"
_BARE = re.compile(r"(?:\[[^\]\s]{1,64}\]|[~/][\w./~-]{0,64})? ?(?:[#$%]|>{1,3}|->)")  # of a small shell
_NO_PROMPT = re.compile(
    r"(?i)^(?:enter|type|select|choose|choice|option|input|press|wait\w*|login|user\w*)\b"
    r"|\b(?:pass ?(?:word|phrase|code)|token|pin|choice|option)\b"
)


def opens_shell(typed: str) -> bool:
    """Return True if a command is known to open a shell or another CLI on some platform."""
    return _OPENERS.match(typed.strip()) is not None and _READERS.match(typed.strip()) is None


def seconds_of_silence(line: str, typed: str, idle_timeout: float) -> float:
    """Return the seconds of silence after which an unknown prompt counts, 0.0 if the line is none.

    line: the unfinished one. typed: the command. A text without a name is a prompt only after a command that
    is known to open a shell.
    """
    if not typed.strip() or _READERS.match(typed.strip()) or QUESTION.search(line) or _NO_PROMPT.search(line):
        return 0.0
    if opens_shell(typed):
        return idle_timeout if _BARE.fullmatch(line) or _WORDY.fullmatch(line) else 0.0
    return SLOW * idle_timeout if _NAMED.fullmatch(line) else 0.0
