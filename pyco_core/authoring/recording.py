# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what a session sent and saw to a tape that plays the same again."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from ..driver.model import DISCOVERED, Driver
from ..fsm.machine import AUTHENTICATED, lookup
from ..fsm.matcher import Matcher, Pattern
from ..models.secret import MASK
from ..session.terminal import decode, last_line, render, split_echo, strip_escapes
from ..session.transcript import mask

SECRET = "masked-{}"  # what stands in a tape for a password
_ERASED = re.compile(rb"(?:\x08+ *\x08*|\r *\r|\r?\x1b\[[0-9;?]*[A-Za-z]\r?)*")
_LENGTH = re.compile(r"(.*\b(?:length|lines|height|pager?|paging|rows)\b.*) 0")
_WIDTH = re.compile(r"(.*\bwidth\b.*) \d+")


class Tap:
    """A transcript that keeps what was sent, and after each what was seen. secrets: shown masked."""

    def __init__(self, secrets: list[str]) -> None:
        self.secrets = secrets
        self.steps: list[tuple[str, bytearray]] = [("", bytearray())]

    def sent(self, text: str) -> None:
        self.steps.append((text, bytearray()))

    def saw(self, data: bytes) -> None:
        self.steps[-1][1].extend(data)

    def close(self) -> None:
        """Nothing is left to write."""


@dataclass(slots=True)
class _Entry:
    """One command on its way into the tape."""

    word: str
    mode: str
    asked: list[dict[str, Any]] = field(default_factory=list)
    data: bytearray = field(default_factory=bytearray)  # its output, as it came, without the pager


class Recording:
    """One use: a session's steps, and the tape that is made from them.

    driver: the one that it ended with. patterns: of the prompts that were learnt, where it names none.
    nonsense: the command that shows what is said of a wrong one.
    """

    def __init__(
        self, tap: Tap, driver: Driver, patterns: tuple[Pattern, ...], user: str, nonsense: str
    ) -> None:
        self._tap = tap
        self._driver = driver
        self._patterns = patterns
        self._user = user
        self._nonsense = nonsense
        self._names: dict[str, str] = {}  # of the modes in the tape, by their prompts
        self.tape: dict[str, Any] = {}
        self.modes: dict[str, dict[str, Any]] = {}
        self.login: dict[str, Any] = {}
        self.errors: list[str] = []
        self.hostname = ""

    def make(self, description: str, is_whole: bool = True) -> str:
        """The tape as YAML; is_whole: whether the last command ended the session, and not an error."""
        steps = [(text, bytes(data)) for text, data in self._tap.steps]
        at, found = next((at, found) for at, step in enumerate(steps) if (found := self._mode(step[1])))
        self._log_in(steps[: at + 1], found[1])
        start = self._enter(*found)
        entry = _Entry("", start)
        for text, data in steps[at + 1 :]:
            entry = self._take(entry, text, data)
        if entry.word and is_whole:
            self._finish(entry, "", {"close": True})
        return self._text(description, start)

    def _masked(self, text: str) -> str:
        return mask(text, self._tap.secrets)

    # Prompts.

    def _mode(self, data: bytes) -> tuple[str, str] | None:
        """The mode and the prompt that data ends in, None for none."""
        matcher = Matcher(self._driver.sets, last_line)
        matcher.feed(data)
        if self._patterns:
            matcher.learned_patterns[DISCOVERED] = self._patterns
        seen = matcher.next(AUTHENTICATED)
        if seen is None or seen.event not in self._driver.modes:
            return None
        if not self.hostname and "hostname" in seen.groups:
            self.hostname = decode(seen.groups["hostname"])
        return seen.event, _shown(data[seen.start :])

    def _enter(self, mode: str, prompt: str) -> str:
        """The name that a mode has in the tape; another prompt is another mode."""
        prompt = prompt.replace(self.hostname, "{hostname}") if self.hostname else prompt
        name = self._names.get(prompt)
        if name is None:
            name = mode if mode not in self.modes else f"{mode}_{len(self.modes)}"
            self._names[prompt] = name
            self.modes[name] = {"prompt": prompt, "commands": {}}
            if name != mode:
                self.modes[name]["mode"] = mode
        return name

    # The login.

    def _log_in(self, steps: list[tuple[str, bytes]], prompt: str) -> None:
        login: dict[str, Any] = {}
        secret = SECRET.format("login")
        shown = _shown(steps[0][1])
        for text, data in steps[1:]:
            asked = self._masked(shown)
            above, newline, line = asked.rpartition("\n")
            if text == MASK and "welcome" not in login:
                login["password_prompt"] = asked
                login["users" if "user_prompt" in login else "password"] = (
                    {self._user: secret} if "user_prompt" in login else secret
                )
                login["welcome"] = ""
            elif text == self._user and "password_prompt" not in login and "user_prompt" not in login:
                login["banner"], login["user_prompt"] = above + newline, line
            else:
                answered = {"keys": f"{text}\r\n"} if len(text) < 2 else {"answer": self._masked(text)}
                login.setdefault("ask", []).append({"prompt": asked, **answered})
            rest = split_echo(_shown(data), text) if text not in (MASK, "") else None
            shown = (_shown(data) if rest is None else rest).removeprefix("\n")
        welcome = self._masked(shown[: len(shown) - len(prompt)])
        if len(steps) == 1 and self._user:  # ssh has logged in
            login["users"] = {self._user: secret}
        if "ask" not in login and (welcome or "welcome" in login):
            login["welcome"] = welcome
        self.login = login if login.keys() & {"users", "password"} else {}

    # Commands.

    def _take(self, entry: _Entry, text: str, data: bytes) -> _Entry:
        """One thing that was typed: a command at a prompt, else an answer to what the command asks."""
        if not entry.word:
            if not text:
                return entry
            entry = _Entry(text, entry.mode)
            entry.data += data
        else:
            self._answer(entry, text, data)
        found = self._mode(data)
        if found is None:
            return entry
        following = self._enter(*found)
        self._finish(entry, found[1], {"mode": following} if following != entry.mode else {})
        return _Entry("", following)

    def _answer(self, entry: _Entry, text: str, data: bytes) -> None:
        line = last_line(bytes(entry.data)).rpartition(b"\n")[2]
        mode = self.modes[entry.mode].get("mode", entry.mode)
        shows = (one.event for one in self._driver.sets[mode].tail if one.regex.search(line))
        event = next(shows, "")
        found = lookup(self._driver.table, event, mode)
        is_pager = found is not None and any(action.name == "erase" for action in found.actions)
        if is_pager:
            self._page(entry, text, data)
            return
        question: dict[str, Any] = {"prompt": self._output(entry, bytes(entry.data))}
        if text == MASK:
            question |= {"answer": SECRET.format("enable"), "hidden": True}
        else:
            question["answer"] = self._masked(text)
        entry.asked.append(question)
        entry.data[:] = b""
        rest = split_echo(_shown(data), text) if text not in (MASK, "") else None
        entry.data += data if rest is None else rest.encode()

    def _page(self, entry: _Entry, key: str, data: bytes) -> None:
        """The pager's line, and how it goes away, is no output; `q` is for one that waits at the end."""
        start = entry.data.rfind(b"\n") + 1
        erased = _ERASED.match(data)
        line = decode(strip_escapes(bytes(entry.data[start:])))
        self.tape.setdefault("more_end" if key == "q" else "more", line)
        self.tape.setdefault("more_erased", erased[0].decode() if erased else "")
        shown = self._output(entry, bytes(entry.data[:start])).count("\n")
        self.tape.setdefault("variables", {}).setdefault("length", str(shown + 1))
        self.tape.setdefault("paged", self._masked(entry.word))
        entry.data[start:] = data

    def _output(self, entry: _Entry, data: bytes) -> str:
        """What a person saw after the echo of the command."""
        text = decode(strip_escapes(data))
        rest = None if entry.asked else split_echo(text, entry.word)
        return self._masked(render(text if rest is None else rest))

    def _finish(self, entry: _Entry, prompt: str, result: dict[str, Any]) -> None:
        output = self._output(entry, bytes(entry.data))
        output = output[: len(output) - len(prompt)]
        if entry.asked:
            output = output.removeprefix("\n")
        if entry.word == self._nonsense:
            self._complain(output)
        elif any(regex.search(output) for regex in self._driver.errors):
            self.errors.append(self._masked(entry.word))
        said = {"output": output} if output else {}
        whole = {**said, **({"ask": entry.asked} if entry.asked else {}), **result}
        commands = self.modes[entry.mode]["commands"]
        commands[_general(self._masked(entry.word))] = output if whole == said and output else whole or None

    def _complain(self, output: str) -> None:
        first, newline, rest = output.partition("\n")
        caret = first.strip() == "^"
        text = (rest if caret else first + newline + rest).replace(self._nonsense, "{line}")
        self.tape["errors"] = {"unknown": text, **({"caret": True} if caret else {})}
        self.errors.insert(0, self._nonsense)

    # The file.

    def _text(self, description: str, start: str) -> str:
        made = dict(self.tape)
        errors = made.pop("errors", {"unknown": ""})
        expected = {
            "mode": self.modes.get(start, {}).get("mode", start),
            "hostname": self.hostname,
            "errors": self.errors,
            "paged": made.pop("paged", ""),
        }
        variables = {**({"hostname": self.hostname} if self.hostname else {}), **made.pop("variables", {})}
        tape = {
            "description": description,
            "source": "recorded from a live session, secrets masked",
            "start": start,
            "expected": {key: value for key, value in expected.items() if value},
            **made,
            **({"variables": variables} if variables else {}),
            **({"login": self.login} if self.login else {}),
            "errors": errors,
            "modes": self.modes,
        }
        return yaml.dump(tape, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)


def _shown(data: bytes) -> str:
    return render(decode(strip_escapes(data)))


def _general(command: str) -> str:
    """The command, with the number that sets the length or width of the terminal as a variable."""
    for regex, name in ((_LENGTH, "length"), (_WIDTH, "width")):
        if match := regex.fullmatch(command):
            return f"{match[1]} {{{name}:number}}"
    return command


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as they are."""


def _represent(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text[:-1] else '"' if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent)
