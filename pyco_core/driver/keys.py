# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each word of a driver file means: the one place that says it, for the schema and for people.

A key is the path to the word, `*` for a name that the file chooses. A test holds it against `form.FORM`.
"""

from __future__ import annotations

_STATE = "The states it counts in, `*` for all"
_ACTION = "What is done: `send: TEXT`, `sendline: TEXT` or the name of an action; several are done in turn."
_NEXT = "The state that it leads to; without it the state stays."

MEANINGS = {
    "description": "The platform, in the words of its vendor.",
    "source": "Where prompts, modes and messages are documented.",
    "parent": "The driver that says everything that is not said here; null takes away what it says.",
    "aliases": "Names that other tools have for the platform. Not inherited.",
    "network": "Whether it is a network device; false for a host with a POSIX shell. Default true.",
    "network_os": "Values of ansible_network_os that choose this driver. Not inherited.",
    "detect": "What tells the platform from all others. Not inherited.",
    "detect.*": "`login`, or a command, and regexes for what only this platform shows then.",
    "modes": "The places in the CLI with a prompt of their own, in the order in which they are tried. "
    "Without any the prompt is discovered.",
    "modes.*": "A mode. Its name is a state of the machine.",
    "modes.*.prompt": "Regex of the whole last line, without the blanks at its end. `{hostname}` and "
    "`{token}` are learnt at login.",
    "modes.*.from": "The modes that `enter` is typed in; `leave` leads to the first. Without it only a login "
    "ends in the mode.",
    "modes.*.enter": "The command that goes there.",
    "modes.*.leave": "The command that goes back.",
    "modes.*.logout": "The command that leaves the device from this mode. Default: that of the driver.",
    "modes.*.setup": "Commands sent once, when a session comes to the mode first; failures are tolerated.",
    "above": "Regex of whole lines that belong to a prompt and stand above it, as Junos's `[edit]`.",
    "user": "How the user name is written at a login, with `{user}`. Default `{user}`.",
    "home": "The mode that a login goes on to; without it it stays where it ends.",
    "become_mode": "The mode that `become: true` means.",
    "setup": "Commands sent once after the login; failures are tolerated.",
    "renames": "Regexes of the commands after which the name in the prompt may be another.",
    "logout": "The command that leaves a mode, or the device.",
    "errors": "Regexes of what shows in an output that the command was wrong, `^` and `$` at each line.",
    "newline": "What ends a line that is typed. Default LF.",
    "long": "How a command is typed that is longer than a line may be.",
    "long.size": "Bytes of the longest line.",
    "long.append": "The command that puts `{piece!q}` behind the pieces before it.",
    "long.run": "The command that runs the pieces.",
    "echo": "Whether the device repeats what is typed. Default true.",
    "quiet": "Seconds without a byte after which the event `quiet` comes. Default 1.",
    "settle": "Seconds without a byte before a prompt counts, for a device that draws it again. Default 0.",
    "wake": "Whether a login may say nothing until a line end is typed, as a console does. Default false.",
    "events": "What a device can say, apart from prompts, and what is done then.",
    "events.*": "An event. Those that no text shows: `quiet`, no byte came for a while; `silent`, nothing at "
    "all did; `timeout` and `eof`, whose error an action may replace; `entered`, an event led to the state; "
    "`sent`, a command is about to be typed.",
    "events.*.pattern": "Regexes that reach to the end of the unfinished last line.",
    "events.*.line": "Regexes that are searched in each finished line of a login.",
    "events.*.state": f"{_STATE}. Default: all modes and the ways between them; for a `line`, a login's.",
    "events.*.action": _ACTION,
    "events.*.next": _NEXT,
    "transitions": "What events do in further states; added to the parent's, and the last one counts.",
    "transitions.event": "An event, or `*` for any that a text shows and that nothing more exact is said of.",
    "transitions.state": f"{_STATE} that nothing more exact is said of.",
    "transitions.action": _ACTION,
    "transitions.next": _NEXT,
    "transitions.remove": "Whether to take the transitions away that were said before. Default false.",
    "connect": "How the platform's own shell reaches the next hop; null where it cannot.",
    "connect.ssh": "The ssh command, with `{host}`, `{port}`, `{user}`; `{host!q}` is quoted for a shell.",
    "connect.ssh_unchecked": "The same without a look at host keys. Default: the same.",
    "connect.telnet": "The telnet command, with `{host}` and `{port}`.",
    "connect.wake": "Whether what is reached is a console, as `wake`.",
    "connect.errors": "Regexes of what its clients say when they fail.",
    "connect.errors.resolve": "The name of the host has no address.",
    "connect.errors.refused": "Nothing listens on the port.",
    "connect.errors.timed_out": "The host does not answer.",
    "connect.errors.unreachable": "There is no way to the host.",
    "connect.errors.key_changed": "The host key is another than the known one.",
    "connect.errors.key_unknown": "The host key is not known.",
    "connect.errors.missing": "There is no such client.",
    "connect.errors.denied": "User, password or key is wrong.",
    "connect.errors.closed": "The host closed the connection.",
    "configure": "How the platform is configured.",
    "configure.mode": "The mode that configuration is typed in.",
    "configure.running": "The command that shows the running configuration.",
    "configure.commit": "The command that makes what was typed count, in the mode of the configuration.",
    "configure.save": "The command that keeps it over a restart.",
    "configure.negate": "What stands before a line to take it away.",
}
