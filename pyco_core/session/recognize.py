# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds out which driver a device has, from what its login shows and from two commands at the most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from ..driver.compiler import load
from ..driver.detect import LOGIN, Candidate, candidates, index, knowing
from ..driver.files import folders
from ..driver.model import Driver
from ..driver.patterns import compile_prompt
from ..errors import DriverError, PlatformUnknown
from ..fsm.matcher import Matcher, Pattern, PatternSet
from .probe import probe
from .prompt_learner import normalize
from .session import LAST_OUTPUT, Session
from .terminal import last_line
from .transcript import mask

AUTO = "auto"  # the driver that stands for any of those with `detect`
COMMANDS = 2  # that are sent at the most
USUAL = "show version"  # before others that decide as much
NO_PROMPT = "a line of nobody's: 100%"  # a driver that takes this for a prompt takes any
ANY = 0.001  # how much less likely such a driver is than the others
INDEX, DRIVER = "index of detect", "driver"


def prepare(session: Session) -> None:
    """Let the login know what any platform may ask during it. Raises DriverError."""
    path = session.settings.driver_path
    made = _index(session)
    plain = session.driver is load(AUTO, path)  # else it has events that its user added
    session.equip(_knowing(made, path) if plain else knowing(session.driver, made))


@lru_cache(maxsize=8)
def _knowing(made: str, path: tuple[str, ...]) -> Driver:
    return knowing(load(AUTO, path), made)


def recognize(session: Session, deadline: float) -> None:
    """Give the session, which stands at a prompt that was learnt, the driver of its platform.

    The driver of the last login is taken again where the prompt is that login's too: behind a console
    server or a new address another device may stand today. Raises PlatformUnknown, DriverError, and what
    `Session.run` raises.
    """
    prompt = session.prompt
    kept, _newline, known = session.recall(DRIVER).partition("\n")
    if known == normalize(prompt) and _adopt(session, kept):
        return
    session.remember(DRIVER, "")
    fitting = [one for one in candidates(_index(session)) if _fit(one, prompt)]
    shown = {LOGIN: session.greeting}
    best = _best(fitting, shown)
    while len(shown) <= COMMANDS and (command := _next(fitting, best, prompt, shown)):
        shown[command] = probe(session, command, deadline).text
        best = _best(fitting, shown)
    if len(best) != 1 or not _adopt(session, best[0].name):
        raise _unknown(session, prompt, best, shown)
    session.remember(DRIVER, f"{best[0].name}\n{normalize(prompt)}")


def _index(session: Session) -> str:
    kept = session.recall_shared(INDEX)
    made = index(folders(session.settings.driver_path), kept)
    if made != kept:
        session.remember_shared(INDEX, made)
    return made


def _adopt(session: Session, name: str) -> bool:
    """Go on with the driver of this name, where one of its modes has the prompt that stands there."""
    try:
        driver = load(name, session.settings.driver_path)
    except DriverError:  # of the last login; it is gone, or wrong now
        return False
    return session.adopt(driver)


@lru_cache(maxsize=1024)
def _prompts(candidate_prompts: tuple[str, ...], above: str) -> tuple[Pattern, ...]:
    return tuple(compile_prompt("prompt", text, above) for text in candidate_prompts if text)


def _fit(candidate: Candidate, prompt: str) -> int:
    """How many characters of the prompt a mode of the driver says itself, the name aside; 0 for no such mode.

    One that names no modes takes any prompt, and says nothing of it.
    """
    patterns = _prompts(candidate.prompts, candidate.above)
    matcher = Matcher({"": PatternSet(tail=patterns)}, last_line)
    matcher.feed(prompt.encode())
    if not patterns:
        return 1
    seen = matcher.next("")
    name = len(seen.groups.get("hostname", b"")) if seen else 0
    return max(1, len(prompt.rpartition("\n")[2].strip().encode()) - name) if seen else 0


def _takes_any(candidate: Candidate) -> bool:
    return bool(candidate.prompts and _fit(candidate, NO_PROMPT))


def _score(candidate: Candidate, shown: Mapping[str, str]) -> int:
    """How much of what was shown is this platform's: a command's answer says more than the login does.

    Another answer says nothing, since the command may belong to another mode; what speaks for another
    platform is that one's right answer.
    """
    right = [command for command in shown if candidate.matches(command, shown[command])]
    return sum(1 if command == LOGIN else 2 for command in right)


def _best(fitting: Sequence[Candidate], shown: Mapping[str, str]) -> list[Candidate]:
    """The drivers with the most right texts; not one that another of them is made from.

    Of two that are as good, one that takes any line for its prompt is the worse.
    """
    scores = {one.name: 2 * _score(one, shown) - _takes_any(one) for one in fitting}
    most = max(scores.values(), default=0)
    best = [one for one in fitting if most > 0 and scores[one.name] == most]
    parents = {parent for one in best for parent in one.parents}
    return [one for one in best if one.name not in parents]


def _next(
    fitting: Sequence[Candidate], best: Sequence[Candidate], prompt: str, shown: Mapping[str, str]
) -> str:
    """The command that decides most, "" where none decides anything."""
    if len(best) == 1 and any(command in shown for command in best[0].looks if command != LOGIN):
        return ""
    votes: dict[str, list[float]] = {}
    for one in best or fitting:
        for command in one.looks.keys() - shown.keys():
            votes.setdefault(command, []).append(_weight(one, prompt, shown))
    return max(votes, key=lambda word: (max(votes[word]), sum(votes[word]), word == USUAL, word), default="")


def _weight(candidate: Candidate, prompt: str, shown: Mapping[str, str]) -> float:
    """How likely it is this platform: the more of the prompt and of the complaints is in its words."""
    answers = [text for command, text in shown.items() if command != LOGIN]
    complaints = sum(candidate.complains(text) for text in answers)
    return _fit(candidate, prompt) * (1 + complaints) * (ANY if _takes_any(candidate) else 1.0)


def _unknown(
    session: Session, prompt: str, best: Sequence[Candidate], shown: Mapping[str, str]
) -> PlatformUnknown:
    asked = " and ".join(repr(command) for command in shown if command != LOGIN)
    seen = f"the login, the prompt {prompt.strip()!r}" + (f" and what {asked} printed" if asked else "")
    fit = f"several drivers: {', '.join(one.name for one in best)}" if best else "no driver"
    words = list(shown.values())[-1].strip()[-LAST_OUTPUT:]
    error = PlatformUnknown(
        mask(f"The platform was not recognized: {seen} fit {fit}.", session.masked),
        hint="Name its driver with ansible_pyco_driver, or behind the host in its URL.",
        last_output=mask(words, session.masked),
    )
    session.lost(error)
    return error
