# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of commands that change a shell or its terminal, or leave a process behind.

Sources: the manuals of bash 5.2, dash 0.5, ksh93, mksh R59, zsh 5.9 and busybox 1.37.
"""

from __future__ import annotations

import re

_RESERVED = """
    times if then else elif fi do done case esac while until for in select function time repeat foreach end
    coproc nocorrect noglob always
"""
_BUILTINS = """
    . source eval exec command builtin cd chdir pushd popd dirs export umask set unset shift shopt
    setopt unsetopt trap alias unalias declare typeset local readonly integer float nameref compound
    enum let read readarray mapfile getopts printf print vared ulimit limit unlimit hash rehash unhash
    enable disable bind bindkey zle complete compopt compgen compdef compctl autoload zmodload zstyle
    zparseopts zformat zregexparse emulate functions unfunction history fc hist r bg fg disown suspend
    stop wait jobs exit logout bye login newgrp return break continue caller global private log sched
    getln pushln redirect alarm sysread sysopen syswrite zsocket ztcp zselect zpty zcompile zcalc zstat
    zftp prompt
"""
# Functions that the start files of an account often define.
_FUNCTIONS = """
    module ml spack conda mamba micromamba activate deactivate workon nvm rvm sdk chruby pyenv rbenv
    nodenv goenv asdf mise fnm direnv z j autojump virtualenvwrapper mkvirtualenv rmvirtualenv venv
    proxy proxy_on proxy_off
"""
_TERMINAL = """
    vi vim vimdiff view rvim nvim ex ed emacs nano pico joe mcedit mc less more most man info pg top
    htop btop atop iotop watch dialog whiptail nmtui raspi-config tmux screen byobu script scriptreplay
    minicom picocom cu tip telnet ssh slogin mosh resize clear loadkeys kbd_mode
"""
OUTER = frozenset((_RESERVED + _BUILTINS + _FUNCTIONS + _TERMINAL).split())
SHELLS = frozenset(
    {"bash", "rbash", "sh", "dash", "ash", "ksh", "ksh93", "mksh", "zsh", "fish", "csh", "tcsh"}
)
INTERACTIVE = frozenset({"su", "login", "newgrp", "sg"})
ROOT, ROOT_SHELL = frozenset({"sudo", "doas"}), frozenset({"-i", "-s", "--login", "--shell"})
# Words that hide the end of a subshell, or that run a text which is not read.
INNER = frozenset({"case", "esac", "select", "function", "coproc", "eval"})
# Also in a text in quotes, for another shell: the terminal is the same one. `$$` and PPID are the process of
# the shell. A single & starts a process that outlives the command.
ANYWHERE = re.compile(
    r"(?<![&<>])&(?!&)|\$\$"
    r"|\b(?:PPID|stty|reset|tset|tput|setterm|ttyctl|setsid|daemonize|daemon|coproc)\b"
)
