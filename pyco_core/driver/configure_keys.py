# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keys below `configure` of a driver file."""

from __future__ import annotations

from .key import BOOLEAN, NUMBER, STRING, STRINGS, Key

CONFIGURE = (
    Key(
        "configure.kind",
        STRING,
        "Form of the configuration: `indented` (lines below their section, as on IOS), `set` (commands with "
        "whole paths, or braces), `flat` (the same without the verb `set`, as in the MD-CLI of SR OS), "
        "`exec` (commands with properties, as on RouterOS), `edit` (blocks of `config` and `edit`, closed by "
        "`end` and `next`, as on FortiOS).",
        "indented",
    ),
    Key("configure.root", STRING, "Section that the output has around all lines, and that `mode` is in."),
    Key("configure.mode", STRING, "Mode in which configuration is typed: the name of a mode of the driver."),
    Key(
        "configure.candidate",
        STRING,
        "Mode with a candidate of its own, which is used instead of `mode` for changes as a whole.",
    ),
    Key(
        "configure.safe",
        STRING,
        "Mode that is entered for a change of at most 100 lines: the device undoes them if the session ends "
        "in this mode.",
    ),
    Key(
        "configure.running",
        STRING,
        "Command that shows the running configuration. If `mode` is for configuration only, it is typed "
        "before `mode` is entered.",
    ),
    Key(
        "configure.complete",
        STRING,
        "Command that shows the running configuration with all defaults. With `{section}` it shows only the "
        "sections of missing lines: it is replaced by the path behind `config`.",
    ),
    Key("configure.startup", STRING, "Command that shows the configuration of the next start."),
    Key(
        "configure.backup",
        STRING,
        "Command that shows the configuration with its secrets, if `running` hides them. Backups use it, and "
        "`running` if the device refuses it.",
    ),
    Key(
        "configure.whole",
        STRING,
        "Regular expression with a match in each whole configuration, for example for its last line. A text "
        "without a match is cut, and replaces no backup.",
    ),
    Key(
        "configure.volatile",
        STRINGS,
        "Regular expressions for parts of the configuration that change by themselves, such as clocks, "
        "counters and secrets that are encrypted anew each time. Backups are compared without them.",
    ),
    Key("configure.leave", STRING, "Command that leaves a section of the configuration.", "exit"),
    Key(
        "configure.compare",
        STRING,
        "Command that shows the uncommitted changes of a shared candidate, typed in `mode` before any line.",
    ),
    Key(
        "configure.commit",
        STRING,
        "Command that commits the changes, typed in `mode`. Without it each line takes effect at once.",
    ),
    Key(
        "configure.comment",
        STRING,
        "Command that commits with a text: `{comment}` is replaced, `{comment!q}` in quotes of a shell.",
    ),
    Key(
        "configure.confirm",
        STRING,
        "Command that commits, or begins to configure, so that the device takes the changes back unless they "
        "are confirmed. `{minutes}`, `{seconds}` or `{clock}` (as 00:05:00) is replaced.",
    ),
    Key(
        "configure.arm",
        STRING,
        "Command that is typed in `mode` before the lines, instead of `confirm`: the device takes them back "
        "unless they are confirmed. It has the same placeholders.",
    ),
    Key(
        "configure.confirmed",
        STRING,
        "Command that confirms these changes, typed in `mode` if the driver has `arm`, or a `commit` and no "
        "`begin`.",
    ),
    Key(
        "configure.bound",
        BOOLEAN,
        "Whether the device takes unconfirmed changes back at the end of the session, too: `confirmed` is "
        "typed in it, after a second login.",
    ),
    Key("configure.discard", STRING, "Command that drops all changes of the candidate, typed in `mode`."),
    Key(
        "configure.begin",
        STRING,
        "Command that enters `candidate` under a name of its own: `{name}` is replaced, also in `confirmed`. "
        "Not inherited.",
    ),
    Key(
        "configure.sessions",
        STRING,
        "Command that lists these candidates, each with its name and its user on a line. Typed if `begin` is "
        "refused, to drop those that earlier changes have left. Not inherited.",
    ),
    Key("configure.abandon", STRING, "Command that drops the candidate `{name}`. Not inherited."),
    Key(
        "configure.clear",
        STRING,
        "Command that empties the candidate; all lines of a full replacement are typed behind it. Not "
        "inherited.",
    ),
    Key(
        "configure.replace",
        STRING,
        "Command that commits the lines of the candidate in place of the whole running configuration. Not "
        "inherited.",
    ),
    Key(
        "configure.checkpoint",
        STRING,
        "Command that keeps a copy of the running configuration on the device before a full replacement, if "
        "its lines take effect at once. Not inherited.",
    ),
    Key("configure.restore", STRING, "Command that returns to this copy. Not inherited."),
    Key("configure.forget", STRING, "Command that removes this copy. Not inherited."),
    Key("configure.failed", STRING, "Command that shows the reasons of a failed commit, typed in `mode`."),
    Key(
        "configure.save",
        STRING,
        "Command that saves the running configuration. Without it nothing has to be saved.",
    ),
    Key(
        "configure.unsaved",
        STRING,
        "Regular expression with a match in the running configuration if the device saves changes only by "
        "command. Without a match `save` is not typed.",
    ),
    Key(
        "configure.negate",
        STRING,
        "Prefix that removes a line of configuration, such as `no `. `delete ` replaces a leading `set `.",
    ),
    Key("configure.collapse", BOOLEAN, "Whether the device stores several blanks of a text as one blank."),
    Key(
        "configure.window",
        NUMBER,
        "Bytes of lines that may be on their way to the device before the answers to earlier ones have come. "
        "0 waits for each answer. A console gets one line at a time in any case.",
    ),
    Key(
        "configure.several",
        STRINGS,
        "Regular expressions for lines of which a section may have several although IOS takes one: a new one "
        "does not replace the old one.",
    ),
    Key(
        "configure.locked",
        STRINGS,
        "Regular expressions for the device's message if somebody else has locked the configuration.",
    ),
)
