# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Detection of a device's driver from its login and at most two commands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from ..driver.compiler import load
from ..driver.detect import LOGIN, Candidate, candidates, index, with_login_events
from ..driver.files import folders
from ..driver.model import Driver
from ..driver.patterns import compile_prompt
from ..errors import DriverError, PlatformUnknown
from ..fsm.machine import AUTHENTICATED
from ..fsm.matcher import Match, Matcher, Pattern, PatternSet
from .failure import LAST_OUTPUT
from .probe import run_probe
from .prompt_learner import normalize
from .session import Session
from .terminal import last_line

AUTO = "auto"  # replaced by one of the drivers with `detect`
COMMANDS = 2  # sent at most
USUAL = "show version"  # preferred to commands that decide as much
NO_PROMPT = "a line of nobody's: 100%"  # a driver that matches this matches any prompt
ANY = 0.001  # weight of such a driver
INDEX, DRIVER = "index of detect", "driver"


def add_login_questions(session: Session) -> None:
    """Let the login answer the questions of every platform. Raises DriverError."""
    path = session.settings.driver_path
    text = _index(session)
    is_builtin = session.driver is load(AUTO, path)  # otherwise its user has changed it
    session.switch_driver(
        _with_questions(text, path) if is_builtin else with_login_events(session.driver, text)
    )


@lru_cache(maxsize=8)
def _with_questions(index_text: str, path: tuple[str, ...]) -> Driver:
    return with_login_events(load(AUTO, path), index_text)


def recognize(session: Session, greeting: str, deadline: float) -> None:
    """Switch to the driver of the platform, at a learned prompt.

    greeting: the output of the login. The driver of the last login is used again if the prompt is the same:
    behind a console server or a new address there may be another device today.

    Raises PlatformUnknown, DriverError, SessionError, Closed, TimedOut.
    """
    prompt = session.prompt
    kept, _newline, known = session.memory.recall(DRIVER).partition("\n")
    if known == normalize(prompt) and _switch(session, kept):
        return
    session.memory.remember(DRIVER, "")
    fitting = [one for one in candidates(_index(session)) if _fit(one, prompt)]
    shown = {LOGIN: greeting}
    best = _best(fitting, shown)
    while len(shown) <= COMMANDS and (command := _next(fitting, best, prompt, shown)):
        shown[command] = run_probe(session, command, deadline).text
        best = _best(fitting, shown)
    if len(best) != 1 or not _switch(session, best[0].name):
        raise session.failure.close_with(_unknown(session, prompt, best, shown))
    session.memory.remember(DRIVER, f"{best[0].name}\n{normalize(prompt)}")


def _index(session: Session) -> str:
    kept = session.memory.recall_shared(INDEX)
    text = index(folders(session.settings.driver_path), kept)
    if text != kept:
        session.memory.remember_shared(INDEX, text)
    return text


def _switch(session: Session, name: str) -> bool:
    """Switch to the driver of this name; return False if no mode of it has the current prompt."""
    try:
        driver = load(name, session.settings.driver_path)
    except DriverError:  # of the last login; it is deleted or invalid now
        return False
    match = _match_prompt(driver, session.prompt)
    if match is not None:
        session.switch_driver(driver, match)
    return match is not None


def _match_prompt(driver: Driver, prompt: str) -> Match | None:
    """Return the match of a prompt in a driver, None if no mode has it."""
    matcher = Matcher(driver.sets, last_line)
    matcher.feed(prompt.encode())
    match = matcher.next(AUTHENTICATED)
    return match if match is not None and match.event in driver.modes else None


@lru_cache(maxsize=1024)
def _prompts(candidate_prompts: tuple[str, ...], above: str) -> tuple[Pattern, ...]:
    return tuple(compile_prompt("prompt", text, above) for text in candidate_prompts if text)


def _fit(candidate: Candidate, prompt: str) -> int:
    """Return the number of characters that a mode of the driver has in common with the prompt.

    The hostname does not count. 0 if no mode matches; 1 for a driver without modes, which accepts any prompt.
    """
    patterns = _prompts(candidate.prompts, candidate.above)
    matcher = Matcher({"": PatternSet(tail=patterns)}, last_line)
    matcher.feed(prompt.encode())
    if not patterns:
        return 1
    match = matcher.next("")
    name = len(match.groups.get("hostname", b"")) if match else 0
    return max(1, len(prompt.rpartition("\n")[2].strip().encode()) - name) if match else 0


def _takes_any(candidate: Candidate) -> bool:
    return bool(candidate.prompts and _fit(candidate, NO_PROMPT))


def _score(candidate: Candidate, shown: Mapping[str, str]) -> int:
    """Return the points of a platform: 1 for its login text, 2 for its answer to a command.

    A different answer costs nothing, because the command may belong to another mode.
    """
    right = [command for command in shown if candidate.matches(command, shown[command])]
    return sum(1 if command == LOGIN else 2 for command in right)


def _best(fitting: Sequence[Candidate], shown: Mapping[str, str]) -> list[Candidate]:
    """Return the drivers with the most points, without the parents of others.

    Ties are broken against drivers whose prompt matches any line.
    """
    scores = {one.name: 2 * _score(one, shown) - _takes_any(one) for one in fitting}
    most = max(scores.values(), default=0)
    best = [one for one in fitting if most > 0 and scores[one.name] == most]
    parents = {parent for one in best for parent in one.parents}
    return [one for one in best if one.name not in parents]


def _next(
    fitting: Sequence[Candidate], best: Sequence[Candidate], prompt: str, shown: Mapping[str, str]
) -> str:
    """Return the command that decides most, "" if none decides anything."""
    if len(best) == 1 and any(command in shown for command in best[0].detect if command != LOGIN):
        return ""
    votes: dict[str, list[float]] = {}
    for one in best or fitting:
        for command in one.detect.keys() - shown.keys():
            votes.setdefault(command, []).append(_weight(one, prompt, shown))
    return max(votes, key=lambda word: (max(votes[word]), sum(votes[word]), word == USUAL, word), default="")


def _weight(candidate: Candidate, prompt: str, shown: Mapping[str, str]) -> float:
    """Return the likelihood of a platform: by its share of the prompt, and by its error messages."""
    answers = [text for command, text in shown.items() if command != LOGIN]
    complaints = sum(candidate.error_length(text) for text in answers)
    return _fit(candidate, prompt) * (1 + complaints) * (ANY if _takes_any(candidate) else 1.0)


def _unknown(
    session: Session, prompt: str, best: Sequence[Candidate], shown: Mapping[str, str]
) -> PlatformUnknown:
    commands = " and ".join(repr(command) for command in shown if command != LOGIN)
    evidence = f"the login, the prompt {prompt.strip()!r}" + (
        f" and the output of {commands}" if commands else ""
    )
    fit = f"several drivers: {', '.join(one.name for one in best)}" if best else "no driver"
    return PlatformUnknown(
        session.failure.mask(f"The platform was not recognized: {evidence} fit {fit}."),
        hint="Name its driver.",
        setting="driver",
        last_output=session.failure.mask(list(shown.values())[-1]).strip()[-LAST_OUTPUT:],
    )
