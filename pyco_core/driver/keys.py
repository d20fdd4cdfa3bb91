# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keys of a driver file: the one table of their types, defaults and meanings.

The check of a file, the defaults of the model, `docs/driver_file.md` and the JSON Schema are derived from it.
A key that is plain data needs an entry here, a field of the same name in `model.py`, and the code that uses
the field.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from .configure_keys import CONFIGURE
from .key import BOOLEAN, MAPPING, MAPPINGS, NUMBER, STRING, STRINGS, Key

_ACTION = "Actions to perform, in this order: `send: TEXT`, `sendline: TEXT` or the name of an action."
_NEXT = "State that follows. Default: the same state."

KEYS = (
    Key("description", STRING, "Name of the platform, as its vendor writes it."),
    Key("source", STRINGS, "Documentation of the prompts, modes and messages."),
    Key(
        "evidence",
        STRINGS,
        "Kinds of evidence behind the driver: `real device`, `real programs`, `recording`, `emulator`, "
        "`reports` of users, definitions of `other tools`, `documentation`.",
    ),
    Key("parent", STRING, "Driver to inherit from."),
    Key("aliases", STRINGS, "Names of the platform in other tools. Not inherited."),
    Key("network", BOOLEAN, "True for a network device, false for a host with a POSIX shell.", True),
    Key("network_os", STRINGS, "Values of `ansible_network_os` that choose this driver. Not inherited."),
    Key("detect", MAPPING, "Output that only this platform prints, for the driver `auto`. Not inherited."),
    Key("detect.*", STRINGS, "Regular expressions for the output of the command; `login` is a login's text."),
    Key(
        "modes",
        MAPPING,
        "Modes of the CLI, in the order in which their prompts are tried. Without modes the prompt is "
        "learned from the device.",
    ),
    Key("modes.*", MAPPING, "A mode. Its name is a state of the machine."),
    Key(
        "modes.*.prompt",
        STRING,
        "Regular expression for the whole last line, without trailing blanks. `{hostname}` is learned at "
        "login. `{token}` is a random text that `enter` makes a part of the prompt; if the shell does not "
        "take it, a login uses the shell's own prompt. Required.",
    ),
    Key(
        "modes.*.from",
        STRINGS,
        "Modes from which `enter` works. `leave` returns to the first of them. Without `from` only a login "
        "leads to the mode.",
    ),
    Key("modes.*.enter", STRING, "Command that enters the mode."),
    Key(
        "modes.*.fallback",
        STRINGS,
        "Commands that enter the mode on other releases, tried in turn if the device refuses `enter`.",
    ),
    Key("modes.*.leave", STRING, "Command that returns to the first mode of `from`."),
    Key(
        "modes.*.logout",
        STRING,
        "Command that ends the session in this mode. Default: `logout` of the driver.",
    ),
    Key(
        "modes.*.setup",
        STRINGS,
        "Commands sent once, when a session first enters the mode. Their errors are ignored.",
    ),
    Key(
        "modes.*.check",
        STRING,
        "Command that shows the rights of a user in this mode. Typed once, if a login ends in the mode and a "
        "become password is set.",
    ),
    Key(
        "modes.*.partial",
        STRINGS,
        "Regular expressions for the output of `check` if the user lacks rights of the mode; `enter` is "
        "typed then.",
    ),
    Key(
        "above",
        STRING,
        "Regular expression for whole lines above the prompt that belong to it, such as Junos's `[edit]`.",
    ),
    Key(
        "second_login",
        BOOLEAN,
        "Whether the device asks for user and password again after ssh has accepted them. Otherwise nothing "
        "is typed at such a question.",
    ),
    Key("user", STRING, "User name to type at a login; `{user}` is the configured name.", "{user}"),
    Key("home", STRING, "Mode to enter after a login. Default: the mode that the login ends in."),
    Key("become_mode", STRING, "Mode that `become: true` enters."),
    Key("setup", STRINGS, "Commands sent once after the login. Their errors are ignored."),
    Key("renames", STRINGS, "Regular expressions for the commands that change the hostname in the prompt."),
    Key("logout", STRING, "Command that ends a session."),
    Key(
        "errors",
        STRINGS,
        "Regular expressions for the error messages in the output of a command; `^` and `$` match at each "
        "line. A line with only a name and a number, such as `Error: 0`, is a counter and no error.",
    ),
    Key("newline", STRING, "Line end to type.", "\n"),
    Key("long", MAPPING, "How to type a command that is longer than an input line of the device."),
    Key("long.size", NUMBER, "Length of the longest input line in bytes."),
    Key(
        "long.append",
        STRING,
        "Command that appends `{piece!q}` to the pieces before it. Without it a longer command is an error.",
    ),
    Key("long.run", STRING, "Command that runs the pieces."),
    Key("echo", BOOLEAN, "Whether the device echoes typed text.", True),
    Key("quiet", NUMBER, "Idle timeout: seconds without a byte until the event `quiet`.", 1.0),
    Key(
        "settle",
        NUMBER,
        "Settle time: seconds without a byte until any prompt counts, for a device that redraws it. It also "
        "replaces the 0.6 seconds after which a text that is not the exact prompt counts, if it is longer. "
        "After a command that was refused, the prompt counts after 0.6 seconds.",
    ),
    Key(
        "wake",
        BOOLEAN,
        "Whether a silent login gets a line end, as a console wants it, of all kinds in turn: that of the "
        "driver, CR, CR LF, LF. The one that is answered is typed from then on. It is typed after the time "
        "`quiet`. On the usual port of the protocol a device may only be slow, and would read each as a "
        "wrong password: there it is typed after three times as long, and two of them at most.",
        True,
    ),
    Key("events", MAPPING, "Output of the device, apart from prompts, and the reaction to it."),
    Key(
        "events.*",
        MAPPING,
        "An event. Some have no pattern: `quiet` (no byte for a while), `silent` (no byte at all), `timeout` "
        "and `eof` (an action may replace their errors), `entered` (an event led to the state), `sent` (a "
        "command is about to be typed).",
    ),
    Key(
        "events.*.pattern",
        STRINGS,
        "Regular expressions that match up to the end of an unfinished last line.",
    ),
    Key(
        "events.*.likely",
        STRINGS,
        "As `pattern`, but counts only after the idle timeout `quiet`, because other text may look like it.",
    ),
    Key("events.*.line", STRINGS, "Regular expressions that are searched in each finished line of a login."),
    Key(
        "events.*.state",
        STRINGS,
        "States in which the event counts, `*` for all. Default: all modes and mode changes; with `line`, "
        "the states of a login.",
    ),
    Key("events.*.action", STRINGS, _ACTION),
    Key("events.*.next", STRING, _NEXT),
    Key(
        "transitions",
        MAPPINGS,
        "Reactions to events in further states. They are appended to the parent's; the last match wins.",
    ),
    Key(
        "transitions.event",
        STRING,
        "An event, or `*` for every event with a pattern that has no transition of its own. Required.",
    ),
    Key("transitions.state", STRINGS, "States, or `*` for all that have no transition of their own."),
    Key("transitions.action", STRINGS, _ACTION),
    Key("transitions.next", STRING, _NEXT),
    Key("transitions.remove", BOOLEAN, "Whether to remove these transitions instead."),
    Key(
        "connect",
        MAPPING,
        "Commands of the platform's own shell that connect to the next hop; null if it has none.",
    ),
    Key(
        "connect.ssh",
        STRING,
        "The ssh command. `{host}`, `{port}` and `{user}` are replaced; `{host!q}` is quoted for a shell.",
    ),
    Key(
        "connect.ssh_unchecked",
        STRING,
        "The ssh command without host key checking. Default: the same as `ssh`.",
    ),
    Key(
        "connect.checks_host_key",
        BOOLEAN,
        "Whether the ssh command refuses an unknown or changed host key, or asks. Otherwise the first reply "
        "of a login by this command has a notice, if `host_key_checking` is on.",
    ),
    Key("connect.telnet", STRING, "The telnet command, with `{host}` and `{port}`."),
    Key(
        "connect.leads_on",
        BOOLEAN,
        "Whether the next login begins by itself on the stream of this one, as behind a console server. A "
        "command is typed only without `{port}`, or if the next port is not the usual one of its protocol.",
    ),
    Key(
        "connect.wake",
        BOOLEAN,
        "Whether the next hop is a console: see `wake`; any port and ssh count.",
    ),
    Key("connect.errors", MAPPING, "Regular expressions for the error messages of these commands."),
    Key("connect.errors.resolve", STRINGS, "The host name has no address."),
    Key("connect.errors.refused", STRINGS, "No service listens on the port."),
    Key("connect.errors.timed_out", STRINGS, "The host does not answer."),
    Key("connect.errors.unreachable", STRINGS, "There is no route to the host."),
    Key("connect.errors.key_changed", STRINGS, "The host key differs from the known one."),
    Key("connect.errors.key_unknown", STRINGS, "The host key is not known."),
    Key("connect.errors.negotiation", STRINGS, "Client and host have no ssh algorithm in common."),
    Key("connect.errors.missing", STRINGS, "The command does not exist."),
    Key("connect.errors.denied", STRINGS, "User, password or key is wrong."),
    Key("connect.errors.closed", STRINGS, "The host closed the connection."),
    Key("configure", MAPPING, "Commands that configure the platform; null if it has none."),
    *CONFIGURE,
    Key("parse", MAPPING, "How to parse the output of commands."),
    Key(
        "parse.textfsm",
        STRINGS,
        "Names of the platform in ntc-templates and ttp-templates, tried in turn. Default: the name of the "
        "driver and its aliases, and for a driver of your own that of the built-in driver it has as parent.",
    ),
    Key(
        "parse.json",
        MAPPING,
        "Forms of commands whose output is JSON, by the first word of the command; `*` is any word.",
    ),
    Key("parse.json.*", STRING, "The form: `{command}` is the command, `{rest}` its arguments."),
    Key("parse.xml", MAPPING, "Forms of commands whose output is XML, as `json`."),
    Key("parse.xml.*", STRING, "The form, as in `json`."),
    Key(
        "parse.regex",
        MAPPING,
        "Regular expressions for the output of commands, for a platform without templates. Words of a typed "
        "command may be abbreviated.",
    ),
    Key(
        "parse.regex.*",
        STRINGS,
        "Regular expressions with named groups. `^` and `$` match at each line. Each match of the first one "
        "begins a row; the others fill it. A group `above_NAME` is the last value in the line of the row or "
        "above it, such as that of a heading.",
    ),
    Key(
        "interfaces",
        STRINGS,
        "Full names of the types of interfaces. In facts they replace shorter forms, which are the beginning "
        "of one or its capital letters: `Gi0/1`, `BE10`. Another form is given as `XGE=Ten-GigabitEthernet`. "
        "Not inherited.",
    ),
    Key("inherit_facts", BOOLEAN, "Have `facts` and `interfaces` of the parent."),
    Key("facts", MAPPINGS, "Commands that give facts of the device, in order. Not inherited."),
    Key(
        "facts.get",
        STRING,
        "Part of the facts: `system`, `interfaces`, `neighbors`, `arp`, `mac_table` or `bgp_peers`.",
    ),
    Key("facts.command", STRING, "The command."),
    Key("facts.parser", STRING, "Parser of its output.", "auto"),
    Key(
        "facts.regex",
        STRINGS,
        "Regular expressions for its output instead of a parser, as in `parse.regex`. One without named "
        "groups recognizes an output without rows.",
    ),
    Key(
        "facts.rows",
        STRING,
        "Keys that lead to the rows in the parsed output, joined by dots; `*` is each element of a mapping.",
    ),
    Key("facts.fields", MAPPING, "Facts of this part."),
    Key(
        "facts.fields.*",
        STRING,
        "Name of the value in a row. Of several names with a vertical bar between them the first one counts "
        "that is not empty. `a.b` is a value in a mapping, `@key` the key of the row in a mapping, `=text` "
        "the text itself. `?name` is true if the value is not empty, and `!name` if it is.",
    ),
)


@cache
def children(path: str) -> dict[str, Key]:
    """Return the keys of the mapping at a path by name, "" for the top level; `*` is any name."""
    return {key.name: key for key in KEYS if key.path.rpartition(".")[0] == path}


def defaults(path: str) -> dict[str, Any]:
    """Return the values of the keys of the mapping at a path if the file has none; mappings are left out."""
    return {name: key.value for name, key in children(path).items() if key.type not in (MAPPING, MAPPINGS)}
