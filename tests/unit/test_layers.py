# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may import what: the floor plan as code. A wrong import fails here and not in a review."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CORE = ROOT / "pyco_core"
PLUGINS = ROOT / "plugins"

# The modules of the standard library through which code reaches files, sockets, processes or the clock.
CLOCK = frozenset({"time", "datetime", "threading"})
FILES = frozenset({"fcntl", "glob", "io", "os", "pathlib", "shutil", "stat", "tempfile"})
WORLD = FILES | CLOCK | {"asyncio", "getpass", "multiprocessing", "pty", "select", "selectors", "signal"}
WORLD |= {"secrets", "socket", "socketserver", "sqlite3", "ssl", "subprocess", "termios", "tty"}


@dataclass(frozen=True)
class Layer:
    """ours: layers or single modules that may be imported. third: packages. touch: of WORLD."""

    ours: tuple[str, ...] = ()
    third: tuple[str, ...] = ()
    touch: frozenset[str] = frozenset()


_FACADE = ("errors", "models", "cache", "fsm", "driver", "transport", "session", "ssh_pool", "route")

# A module belongs to the longest name here that it starts with, and may import of its own layer.
LAYERS = {
    "errors": Layer(),
    "home": Layer(touch=FILES),
    "cache": Layer(ours=("home",), touch=FILES | {"sqlite3"}),
    "models": Layer(ours=("errors",)),
    "fsm": Layer(ours=("errors",)),
    "driver": Layer(ours=("errors", "models", "fsm"), third=("yaml",), touch=FILES),
    "transport": Layer(ours=("errors", "models"), third=("paramiko", "pexpect"), touch=WORLD),
    "session": Layer(
        ours=("errors", "models", "cache", "fsm", "driver", "transport.base"),
        touch=CLOCK | {"secrets"},  # a token for the prompt that a shell is given
    ),
    "session.transcript": Layer(ours=("errors", "models"), touch=FILES),
    "ssh_pool": Layer(ours=("errors", "models", "transport"), touch=CLOCK),
    "route": Layer(ours=("errors", "models", "cache", "fsm", "driver", "transport", "session", "ssh_pool")),
    "device": Layer(ours=_FACADE),
    # Code of a task on any console, in this process or over the broker.
    "shell": Layer(ours=("errors", "models")),
    "tasks": Layer(ours=("errors", "models")),
    "tasks.rounds": Layer(ours=("errors", "models"), touch=CLOCK),
    "configure": Layer(ours=(*_FACADE, "device")),
    "session_pool": Layer(ours=("errors", "models", "ssh_pool", "device"), touch=CLOCK),
    "broker": Layer(ours=("errors", "models", "home", "session_pool", "device", "configure"), touch=WORLD),
    # What an Ansible task loads must not bring paramiko along.
    "broker.client": Layer(ours=("errors", "models", "home"), touch=WORLD),
    "broker.framing": Layer(ours=("errors", "models")),
    "__init__": Layer(ours=("errors", "models")),
    "__main__": Layer(ours=("errors", "version")),
    "version": Layer(third=("yaml",), touch=FILES),
    # Simulated hosts: servers, which share nothing with the client's side but the errors.
    "tape": Layer(ours=("errors",), third=("yaml",), touch=FILES),
    "sim": Layer(ours=("errors", "tape"), third=("paramiko",), touch=WORLD),
    # What the authors of drivers use, from the command line or from Python.
    "authoring": Layer(ours=(*_FACADE, "device", "tape"), third=("yaml",), touch=FILES | {"subprocess"}),
    "cli": Layer(
        ours=(*_FACADE, "device", "configure", "broker", "sim", "tape", "authoring"),
        third=("yaml",),
        touch=WORLD,
    ),
}

# Plugins reach pyco_core through this one file; it asks the driver loader which driver lists a
# network_os, because that must be known before there is a device.
DOOR = "plugin_utils/_core.py"
THROUGH_THE_DOOR = (
    "errors",
    "models",
    "device",
    "configure",
    "shell",
    "tasks",
    "driver.compiler",
    "broker.client",
)
PLUGINS_THIRD = ("ansible", "yaml")


@dataclass(frozen=True)
class Import:
    """level: the leading dots. names: what is taken from the module, () for `import module`."""

    line: int
    level: int
    module: str
    names: tuple[str, ...] = ()


def imports(tree: ast.AST) -> Iterator[Import]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (Import(node.lineno, 0, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names = tuple(alias.name for alias in node.names)
            yield Import(node.lineno, node.level, node.module or "", names)


def is_third_party(module: str) -> bool:
    return module.partition(".")[0] not in sys.stdlib_module_names


def within(module: str, allowed: tuple[str, ...]) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in allowed)


def targets(found: Import, module: str) -> Iterator[str]:
    """The modules of pyco_core that a relative import in `module` names, as dotted names below pyco_core."""
    package = module.split(".")[: -found.level]
    base = [*package, *found.module.split(".")] if found.module else package
    for name in found.names:
        inner = [*base, name]
        is_module = CORE.joinpath(*inner).is_dir() or CORE.joinpath(*inner).with_suffix(".py").is_file()
        yield ".".join(inner if is_module else base)


def faults(source: str, module: str) -> list[str]:
    """What is wrong with the imports of a module of pyco_core; module: "session.login"."""
    home = max((name for name in LAYERS if within(module, (name,))), key=len, default="")
    if not home:
        return [f"{module} is in no layer"]
    layer, found_faults = LAYERS[home], []
    own = (module.partition(".")[0],) if "." in module else ()
    for found in imports(ast.parse(source)):
        if found.level:
            allowed = (*own, *layer.ours)
            wrong = [name for name in targets(found, module) if not within(name, allowed)]
        elif is_third_party(found.module):
            wrong = [] if within(found.module, layer.third) else [found.module]
        else:
            wrong = [found.module] if within(found.module, tuple(WORLD - layer.touch)) else []
        found_faults += [f"line {found.line}: {home} may not import {name}" for name in wrong]
    return found_faults


def plugin_faults(source: str, name: str) -> list[str]:
    """What is wrong with the imports of a plugin; name: its path below plugins."""
    found_faults = []
    for found in imports(ast.parse(source)):
        absolute = found.module.removeprefix("ansible_collections.pyco.cli.")
        core = "pyco_core" in absolute.split(".")
        if core and name != DOOR:
            found_faults.append(f"line {found.line}: only {DOOR} imports pyco_core")
        elif core and not within(absolute.removeprefix("pyco_core."), THROUGH_THE_DOOR):
            found_faults.append(f"line {found.line}: plugins may not use {absolute}")
        elif found.level or absolute != found.module:
            continue
        elif is_third_party(found.module) and not within(found.module, PLUGINS_THIRD):
            found_faults.append(f"line {found.line}: plugins may not import {found.module}")
    return found_faults


def sleeps(source: str) -> list[int]:
    """The lines that name a function `sleep`, be it time's, gevent's or asyncio's."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if (isinstance(node, ast.Attribute) and node.attr == "sleep")
        or (isinstance(node, ast.ImportFrom) and any(alias.name == "sleep" for alias in node.names))
    ]


def sources(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.py"))


def dotted(name: str) -> str:
    return name.removesuffix(".py").replace("/", ".")


@pytest.mark.parametrize("name", sources(CORE))
def test_a_module_of_pyco_core_imports_only_what_its_layer_may(name: str) -> None:
    assert faults((CORE / name).read_text("utf-8"), dotted(name)) == []


@pytest.mark.parametrize("name", sources(PLUGINS))
def test_a_plugin_imports_only_what_plugins_may(name: str) -> None:
    assert plugin_faults((PLUGINS / name).read_text("utf-8"), name) == []


@pytest.mark.parametrize("folder", [CORE, PLUGINS], ids=lambda folder: folder.name)
def test_nothing_sleeps(folder: Path) -> None:
    found = {name: sleeps((folder / name).read_text("utf-8")) for name in sources(folder)}
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    ("module", "line", "wrong"),
    [
        ("fsm.machine", "import socket", "socket"),
        ("fsm.machine", "from time import monotonic", "time"),
        ("models.secret", "from ..session.reader import Reader", "session.reader"),
        ("session.send", "from ..transport.ssh import SshConnection", "transport.ssh"),
        ("session.send", "from ..transport import ssh", "transport.ssh"),
        ("session.send", "import pexpect", "pexpect"),
        ("device", "from ansible.errors import AnsibleError", "ansible.errors"),
        ("route.plan", "from pyco_core.errors import PycoError", "pyco_core.errors"),
        ("route.plan", "def later():\n    from ..device import device", "device"),
        ("broker.client", "from ..device import Device", "device"),
    ],
)
def test_an_import_across_the_floor_plan_is_found(module: str, line: str, wrong: str) -> None:
    [fault] = faults(line, module)
    assert fault.endswith(f" may not import {wrong}")


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("session.send", "from ..transport.base import Transport"),
        ("session.send", "from .reader import Reader"),
        ("session.send", "from . import reader"),
        ("broker.client", "from . import framing"),
        ("transport.ssh", "import paramiko.client"),
        ("models.secret", "import re"),
    ],
)
def test_an_import_within_the_floor_plan_is_let_through(module: str, line: str) -> None:
    assert faults(line, module) == []


def test_a_module_without_a_layer_is_found() -> None:
    assert faults("", "helpers") == ["helpers is in no layer"]


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("action/pyco_command.py", "from ansible_collections.pyco.cli.pyco_core import device"),
        ("plugin_utils/_hops.py", "from ...pyco_core.errors import PycoError"),
        ("plugin_utils/_hops.py", "from pyco_core.errors import PycoError"),
        (DOOR, "from ...pyco_core.transport.ssh import SshConnection"),
        ("connection/pyco.py", "import paramiko"),
    ],
)
def test_a_plugin_that_goes_round_the_door_is_found(name: str, line: str) -> None:
    assert len(plugin_faults(line, name)) == 1


@pytest.mark.parametrize("line", ["import time\ntime.sleep(1)", "from time import sleep"])
def test_a_sleep_is_found(line: str) -> None:
    assert sleeps(line) != []
