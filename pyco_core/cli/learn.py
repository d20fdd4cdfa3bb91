# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`learn URL [COMMAND...]`: a first driver file for a platform that has none, from a live session.

It types empty lines, one word that no platform knows, the commands and words that it is given, the words
that lead back from where those led to, and the words that end a session.
"""

from __future__ import annotations

import argparse

from ..authoring.draft import Draft, Place, complaint
from ..device import Device
from ..errors import InvalidParameter, SessionClosed, SessionError
from ..session.probe import LEAVE
from ..session.prompt_learner import normalize
from ..session.transcript import mask
from . import login, output

NONSENSE = "pyco-nonsense"
PASSWORD = r"(?i)\bpass(?:word|code)\b[^\r\n]{0,80}: ?"
BACK = ("end", "exit", "quit", "back")
LOGOUT = ("exit", "quit", "logout")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    login.add_arguments(parser)
    parser.add_argument(
        "command_lines", nargs="*", metavar="COMMAND", help="with an output of many pages, to see the pager"
    )
    output.add_argument(parser)
    parser.add_argument("--name", default="acme_os", help="what the platform is called, %(default)s")
    parser.add_argument(
        "--enter",
        action="append",
        type=_word,
        default=[],
        metavar="WORD",
        help="leads to another mode, as enable does; may be given several times, in the order of the way",
    )


def _word(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("a word is not empty")
    return text.strip()


def run(options: argparse.Namespace) -> int:
    """Log in, find out, and write the driver file. Raises PycoError."""
    target = login.asked_for(options, "common")
    draft = Draft(str(target.endpoint), options.name, target.endpoint.user)
    with target:
        if not target.prompt:
            raise InvalidParameter(
                f"{target.driver_name} is a driver already.", hint="Leave it out of the URL."
            )
        draft.places.append(Place(_first(target.prompt), target.prompt))
        _wrong(target, draft)
        try:
            for line in options.command_lines:
                _page(target, draft, line)
            for word in options.enter:
                _enter(target, draft, word)
            if _leave(target, draft):
                _log_out(target, draft)
        except SessionError as exc:
            draft.doubts.append(f"what comes after this: {exc.message}")
    output.write(options.output, draft.text())
    return 0


def _first(prompt: str) -> str:
    return {">": "user", "#": "enable"}.get(prompt.strip()[-1], "cli")


def _wrong(target: Device, draft: Draft) -> None:
    words = complaint(str(target(NONSENSE, check=False)), NONSENSE)
    draft.errors += [words] if words else []


def _page(target: Device, draft: Draft, line: str) -> None:
    probed = target.probe(line)
    for stop, key in probed.stops:
        if key == LEAVE:
            draft.leaves_pager = stop
        elif not draft.pager:
            draft.pager = stop
    if draft.leaves_pager == draft.pager:  # the blank did nothing; or the output ended just there
        draft.leaves_pager = ""


def _enter(target: Device, draft: Draft, word: str) -> None:
    before = normalize(target.prompt)
    secret = target.endpoint.become_password
    reply = target(word, prompt=PASSWORD, answer=secret or "", check=False)
    if normalize(target.prompt) == before:
        said = mask(reply.strip().rpartition("\n")[2], target.endpoint.secrets)
        draft.doubts.append(f"where {word!r} leads; the device said: {said}")
        return
    parent = next(place.name for place in draft.places if normalize(place.prompt) == before)
    draft.places.append(Place(_named(word, draft), target.prompt, parent, word))


def _named(word: str, draft: Draft) -> str:
    known = {place.name for place in draft.places}
    name = "config" if word.startswith("conf") else "".join(filter(str.isalnum, word.split()[0])) or "mode"
    return name if name not in known else f"{name}_{len(known)}"


def _leave(target: Device, draft: Draft) -> bool:
    """Find the words that lead back, mode by mode; whether the session is in its first mode then."""
    by_name = {place.name: place for place in draft.places}
    for place in reversed(draft.places[1:]):
        words = (f"dis{place.enter[2:]}", *BACK) if place.enter.startswith("en") else BACK
        try:
            for word in words:
                target(word, check=False)
                if normalize(target.prompt) == normalize(by_name[place.parent].prompt):
                    place.leave = word
                    break
        except SessionClosed:
            draft.logout = word
            draft.doubts.append(f"how {place.name} is left; {word!r} ended the session.")
            return False
        if not place.leave:
            draft.doubts.append(f"how {place.name} is left.")
            return False
    return True


def _log_out(target: Device, draft: Draft) -> None:
    for word in LOGOUT:
        try:
            target(word, check=False)
        except SessionClosed:
            draft.logout = word
            return
