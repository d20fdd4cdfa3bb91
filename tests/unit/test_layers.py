# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The import rights of each layer. A wrong import fails this test instead of a review."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
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
    """Import rights. ours: layers or modules of pyco_core. third: packages. touch: modules of WORLD."""

    ours: tuple[str, ...] = ()
    third: tuple[str, ...] = ()
    touch: frozenset[str] = frozenset()


# The parts of a driver that travel to a client of the broker.
_ON_CONSOLE = ("errors", "models", "driver.model", "driver.graph")
_BELOW_DEVICE = ("errors", "models", "cache", "fsm", "driver", "transport", "session", "ssh_pool", "route")

_CLIENT = (
    "errors",
    "models",
    "configure",
    "ownership",
    "program",
    *(f"broker.{name}" for name in ("framing", "codec", "messages", "protocol", "events")),
    *(f"broker.{name}" for name in ("paths", "sockets", "lock", "launcher", "connection")),
    *(f"broker.{name}" for name in ("control", "owner", "lines", "absolute")),
    *(f"broker.{name}" for name in ("event_messages", "remote_state")),
    *(f"broker.{name}" for name in ("program_messages", "remote_programs")),
)

# The longest name here that a module starts with is its layer. The modules of a package may import each
# other, but those with their own entry, such as broker.client, only the names in it.
LAYERS = {
    "errors": Layer(),
    "ownership": Layer(touch=FILES),
    "home": Layer(touch=FILES),
    "program": Layer(touch=FILES),
    "cache": Layer(ours=("home", "ownership"), touch=FILES | {"sqlite3"}),
    # Below the models: a reply parses itself, and facts of a driver travel to it.
    "parsing": Layer(ours=("errors",)),
    "parsing.limit": Layer(ours=("errors",), touch=frozenset({"signal", "threading"})),
    "parsing.textfsm": Layer(
        ours=("errors", "parsing"),
        third=("textfsm",),
        touch=frozenset({"os", "io"}),  # io: StringIO
    ),
    "parsing.ttp": Layer(ours=("errors", "parsing"), third=("ttp",), touch=frozenset({"os"})),
    "models": Layer(ours=("errors", "parsing")),
    "fsm": Layer(ours=("errors",)),
    "driver": Layer(
        ours=("errors", "models", "fsm", "program", "ownership", "parsing.model"),
        third=("yaml",),
        touch=FILES,
    ),
    "transport": Layer(ours=("errors", "models", "ownership"), third=("paramiko", "pexpect"), touch=WORLD),
    # cryptography is a dependency of paramiko.
    "transport.legacy": Layer(third=("paramiko", "cryptography")),
    "session": Layer(
        ours=("errors", "models", "cache", "fsm", "driver", "transport.base"),
        touch=CLOCK | {"secrets"},  # a token for the prompt that a shell is given
    ),
    "session.regex_limit": Layer(ours=("errors",), touch=frozenset({"subprocess"})),
    "session.transcript": Layer(
        ours=("errors", "home", "models", "ownership", "session.terminal"), touch=FILES | {"datetime"}
    ),
    "ssh_pool": Layer(ours=("errors", "models", "transport"), touch=CLOCK),
    "route": Layer(ours=("errors", "models", "cache", "fsm", "driver", "transport", "session", "ssh_pool")),
    # The lock of a device that several threads use.
    "device": Layer(
        ours=(
            "errors",
            "models",
            "fsm",
            "driver",
            "session",
            "ssh_pool",
            "route",
            "configure",
            "facts",
            "shell",
            "inband",
        ),
        touch=frozenset({"threading"}),
    ),
    # Code of a task on any console, in this process or over the broker.
    "configure": Layer(ours=_ON_CONSOLE, touch=frozenset({"secrets"})),  # a name that no other candidate has
    "facts": Layer(ours=(*_ON_CONSOLE, "parsing")),
    # Files on the control node, and git. `compare` is pure.
    "backup": Layer(ours=("errors", "models"), touch=FILES | {"subprocess"}),
    "backup.compare": Layer(ours=("models.secret",)),
    "shell": Layer(
        ours=(*_ON_CONSOLE, "transport.base"),
        touch=CLOCK | {"secrets"},  # a token that tells the output of a script from that of the login
    ),
    "shell.runner.program": Layer(touch=FILES | {"threading"}),
    # Runs on a target, without the rest of the package.
    "shell.runner.target": Layer(ours=("shell.runner.target",), touch=WORLD),
    "inband": Layer(
        ours=("errors", "models", "fsm", "session", "shell", "transport.base"),
        touch=CLOCK | {"secrets"},  # a token that no output has
    ),
    "tasks": Layer(ours=("errors", "models", "parsing", "facts", "driver.model")),
    "tasks.backup": Layer(ours=("errors", "models", "backup"), touch=frozenset({"os"})),  # os.path.join
    "tasks.backup_report": Layer(ours=("errors", "backup"), touch=frozenset({"os"})),
    "tasks.rounds": Layer(ours=("errors", "models", "parsing", "tasks"), touch=CLOCK),
    "session_queue": Layer(touch=CLOCK),
    "pooled_session": Layer(ours=("models", "device", "shell.traces", "transport.cancel"), touch=CLOCK),
    "session_pool": Layer(
        ours=("errors", "models", "ssh_pool", "device", "session_queue", "pooled_session"), touch=CLOCK
    ),
    "broker": Layer(
        ours=("errors", "models", "program", "session_pool", "pooled_session", "device"), touch=WORLD
    ),
    # Loaded by every Ansible task: must not import paramiko.
    "broker.client": Layer(ours=_CLIENT, touch=WORLD),
    "broker.connection": Layer(ours=_CLIENT, touch=WORLD),
    "broker.launcher": Layer(ours=_CLIENT, touch=WORLD),
    "broker.lock": Layer(ours=_CLIENT, touch=WORLD),
    "broker.control": Layer(ours=_CLIENT, touch=WORLD),
    "broker.owner": Layer(touch=FILES),
    "broker.sockets": Layer(ours=_CLIENT, touch=WORLD),
    "broker.absolute": Layer(ours=("models",), touch=FILES),
    "broker.paths": Layer(ours=("errors", "home", "ownership", "broker.messages"), touch=FILES),
    # Pure: bytes and data.
    "broker.framing": Layer(ours=("errors",)),
    "broker.codec": Layer(ours=("errors", "models", "broker.framing")),
    "broker.messages": Layer(ours=("models", "parsing.model", "broker.program_messages")),
    "broker.program_messages": Layer(ours=("models",)),
    "broker.remote_programs": Layer(
        ours=(
            "models",
            *(f"broker.{name}" for name in ("event_messages", "messages", "program_messages")),
        ),
        touch=WORLD,
    ),
    "broker.event_messages": Layer(),
    "broker.remote_state": Layer(ours=("broker.messages",)),
    "broker.protocol": Layer(
        ours=("errors", "broker.codec", "broker.framing", "broker.messages", "broker.event_messages")
    ),
    "broker.events": Layer(ours=("models", "broker.event_messages")),
    "broker.lines": Layer(ours=("errors", "models", "parsing.model", "broker.messages", "broker.protocol")),
    "__init__": Layer(ours=("errors", "models")),
    "__main__": Layer(ours=("errors", "version")),
    "version": Layer(touch=FILES),
    # Simulated hosts: servers, which share only the errors with the client side.
    "tape": Layer(ours=("errors",), third=("yaml",), touch=FILES),
    "sim": Layer(ours=("errors", "tape"), third=("paramiko",), touch=WORLD),
    # Tools for authors of drivers, used by the command line and from Python.
    "authoring": Layer(
        ours=(*_BELOW_DEVICE, "device", "tape"), third=("yaml",), touch=FILES | {"subprocess"}
    ),
    "cli": Layer(
        ours=(*_BELOW_DEVICE, "device", "broker", "sim", "tape", "authoring"),
        third=("yaml",),
        touch=WORLD,
    ),
}

# The only plugin file that imports pyco_core. It asks for the driver of a network_os
# before there is a device.
CORE_IMPORT = "plugin_utils/_core.py"
FOR_PLUGINS = (
    "errors",
    "models",
    "parsing",
    "device",
    "backup",
    "configure",
    "facts",
    "driver.model",
    "shell",
    "tasks",
    "session.masker",
    "session.transcript",
    "driver.compiler",
    "driver.platforms",
    "broker.client",
    "broker.connection",  # prepares a process that Ansible forks
    "broker.events",  # masks the events of a session for an observer, with and without the broker
)
PLUGINS_THIRD = ("ansible", "yaml")


@dataclass(frozen=True)
class Import:
    """An import statement. level: leading dots. names: imported names, () for `import module`."""

    line: int
    level: int
    module: str
    names: tuple[str, ...] = ()


def imports(tree: ast.AST) -> Iterator[Import]:
    """Yield all imports, also those in functions and under TYPE_CHECKING."""
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


def targets(statement: Import, module: str) -> Iterator[str]:
    """Yield the modules of pyco_core that a relative import in `module` names, as dotted names."""
    package = module.split(".")[: -statement.level]
    base = [*package, *statement.module.split(".")] if statement.module else package
    for name in statement.names:
        inner = [*base, name]
        is_module = CORE.joinpath(*inner).is_dir() or CORE.joinpath(*inner).with_suffix(".py").is_file()
        yield ".".join(inner if is_module else base)


def faults(source: str, module: str) -> list[str]:
    """Return the forbidden imports of a module of pyco_core. module: "session.login"."""
    home = max((name for name in LAYERS if within(module, (name,))), key=len, default="")
    if not home:
        return [f"{module} is in no layer"]
    layer, messages = LAYERS[home], []
    allowed = layer.ours if "." in home else (home, *layer.ours)
    for statement in imports(ast.parse(source)):
        if statement.level:
            wrong = [name for name in targets(statement, module) if not within(name, allowed)]
        elif is_third_party(statement.module):
            wrong = [] if within(statement.module, layer.third) else [statement.module]
        else:
            wrong = [statement.module] if within(statement.module, tuple(WORLD - layer.touch)) else []
        messages += [f"line {statement.line}: {home} may not import {name}" for name in wrong]
    return messages


def dependencies(source: str, module: str) -> set[str]:
    """Return the modules that a module of pyco_core imports, with the packages that are loaded on the way.

    The packages of the module itself do not count: they are always loaded before it.
    """
    modules: set[str] = set()
    for statement in imports(ast.parse(source)):
        for name in targets(statement, module) if statement.level else ():
            parts = name.split(".")
            modules.update(".".join(parts[:end]) for end in range(1, len(parts) + 1))
    loaded = {name for name in modules if not within(module, (name,))}
    return {f"{name}.__init__" if CORE.joinpath(*name.split(".")).is_dir() else name for name in loaded}


def cycle(graph: Mapping[str, set[str]]) -> list[str]:
    """Return the modules of an import cycle, each imported by the one before it; [] for none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as exc:
        modules: list[str] = exc.args[1]
        return modules[::-1]
    return []


def plugin_faults(source: str, name: str) -> list[str]:
    """Return the forbidden imports of a plugin. name: its path below plugins."""
    messages = []
    for statement in imports(ast.parse(source)):
        absolute = statement.module.removeprefix("ansible_collections.pyco.cli.")
        core = "pyco_core" in absolute.split(".")
        if core and name != CORE_IMPORT:
            messages.append(f"line {statement.line}: only {CORE_IMPORT} imports pyco_core")
        elif core and not within(absolute.removeprefix("pyco_core."), FOR_PLUGINS):
            messages.append(f"line {statement.line}: plugins may not use {absolute}")
        elif statement.level or absolute != statement.module:
            continue
        elif is_third_party(statement.module) and not within(statement.module, PLUGINS_THIRD):
            messages.append(f"line {statement.line}: plugins may not import {statement.module}")
    return messages


def sleeps(source: str) -> list[int]:
    """Return the lines with a function `sleep`, of time, gevent or asyncio."""
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
def test_module_imports_only_from_allowed_layers(name: str) -> None:
    assert faults((CORE / name).read_text("utf-8"), dotted(name)) == []


def test_layers_are_existing_modules() -> None:
    modules = {dotted(name).removesuffix(".__init__") for name in sources(CORE)}
    assert set(LAYERS) - modules == set()


def test_no_import_cycle_exists_even_in_functions() -> None:
    graph = {
        dotted(name): dependencies((CORE / name).read_text("utf-8"), dotted(name)) for name in sources(CORE)
    }
    assert cycle(graph) == []


@pytest.mark.parametrize("name", sources(PLUGINS))
def test_plugin_imports_only_allowed_modules(name: str) -> None:
    assert plugin_faults((PLUGINS / name).read_text("utf-8"), name) == []


@pytest.mark.parametrize("folder", [CORE, PLUGINS], ids=lambda folder: folder.name)
def test_code_never_sleeps(folder: Path) -> None:
    lines_of = {name: sleeps((folder / name).read_text("utf-8")) for name in sources(folder)}
    assert {name: lines for name, lines in lines_of.items() if lines} == {}


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
        ("broker.client", "from .server import Server", "broker.server"),
    ],
)
def test_forbidden_import_is_reported(module: str, line: str, wrong: str) -> None:
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
def test_allowed_import_is_accepted(module: str, line: str) -> None:
    assert faults(line, module) == []


@pytest.mark.parametrize(
    "statement",
    [
        "from ..driver.model import Driver",
        "def load():\n    from ..driver.model import Driver",
        "if TYPE_CHECKING:\n    from ..driver.model import Driver",
        "from ..driver import model",
    ],
)
def test_import_cycle_is_reported(statement: str) -> None:
    graph = {
        "fsm.machine": dependencies(statement, "fsm.machine"),
        "driver.model": dependencies("from ..fsm.machine import Machine", "driver.model"),
    }
    assert sorted(set(cycle(graph))) == ["driver.model", "fsm.machine"]


def test_import_of_package_loads_its_init() -> None:
    assert dependencies("from ..sim.faults import Faults", "cli.simulate") == {"sim.__init__", "sim.faults"}
    assert dependencies("from .faults import Faults", "sim.host") == {"sim.faults"}


def test_module_without_layer_is_reported() -> None:
    assert faults("", "helpers") == ["helpers is in no layer"]


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("action/pyco_command.py", "from ansible_collections.pyco.cli.pyco_core import device"),
        ("plugin_utils/_hops.py", "from ...pyco_core.errors import PycoError"),
        ("plugin_utils/_hops.py", "from pyco_core.errors import PycoError"),
        (CORE_IMPORT, "from ...pyco_core.transport.ssh import SshConnection"),
        ("connection/pyco.py", "import paramiko"),
    ],
)
def test_forbidden_import_of_plugin_is_reported(name: str, line: str) -> None:
    assert len(plugin_faults(line, name)) == 1


@pytest.mark.parametrize("line", ["import time\ntime.sleep(1)", "from time import sleep"])
def test_sleep_is_reported(line: str) -> None:
    assert sleeps(line) != []
