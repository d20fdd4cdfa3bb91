# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits on the structure of pyco_core: sizes of modules and functions, and one owner for each attribute."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

CORE = Path(__file__).resolve().parents[2] / "pyco_core"
SOURCES = sorted(path.relative_to(CORE).as_posix() for path in CORE.rglob("*.py"))
every_module = pytest.mark.parametrize("name", SOURCES)

MODULE_LINES = 300
FUNCTION_LINES = 40
SESSION_ATTRIBUTES = 12
ERROR_TREE = "errors.py"  # all errors in one module

# Assigned attributes and items of objects from other packages, which have no method for it.
FOREIGN = {
    "broker/defer.py": {"sys.modules[name]", "sys.modules[self.__name__]"},
    "shell/runner/target/child.py": {"sys.argv[:]", "sys.modules['__main__']"},
    "shell/runner/target/preloaded.py": {"function.__code__", "sys.meta_path[:]", "sys.modules[name]"},
    "transport/deadline.py": {"self._timer.daemon"},  # threading
    "transport/paramiko_transport.py": {"logging.getLogger(LOG).propagate"},
    "transport/process.py": {
        "self.ptyproc.delayafterclose",
        "self.ptyproc.delayafterterminate",
    },  # ptyprocess
    "transport/ssh_negotiation.py": {  # paramiko
        "options.ciphers",
        "options.digests",
        "options.kex",
        "options.key_types",
    },
}


def parse(name: str) -> ast.Module:
    return ast.parse((CORE / name).read_text("utf-8"))


def long_functions(tree: ast.AST) -> list[str]:
    """Return the functions with more than FUNCTION_LINES lines."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    lengths = [(node.name, (node.end_lineno or 0) - node.lineno + 1) for node in functions]
    return [f"{name}: {lines} lines" for name, lines in lengths if lines > FUNCTION_LINES]


def assigned(node: ast.AST) -> Iterator[ast.expr]:
    """Yield the targets that a statement assigns, deletes or passes to setattr and delattr."""
    if isinstance(node, ast.Assign | ast.Delete):
        targets = node.targets
    elif isinstance(node, ast.AugAssign | ast.AnnAssign | ast.For | ast.AsyncFor | ast.comprehension):
        targets = [node.target]
    elif isinstance(node, ast.withitem) and node.optional_vars:
        targets = [node.optional_vars]
    elif isinstance(node, ast.Call) and is_setattr(node.func):
        targets = [ast.Attribute(node.args[0], "setattr")]
    else:
        targets = []
    for target in targets:
        yield from elements(target)


def is_setattr(function: ast.expr) -> bool:
    name = function.attr if isinstance(function, ast.Attribute) else ast.unparse(function)
    return name in ("setattr", "delattr", "__setattr__", "__delattr__")


def elements(target: ast.expr) -> Iterator[ast.expr]:
    """Yield the single targets of an unpacking."""
    if isinstance(target, ast.Tuple | ast.List):
        for element in target.elts:
            yield from elements(element)
    else:
        yield target.value if isinstance(target, ast.Starred) else target


def is_of_other_object(target: ast.expr) -> bool:
    """Tell whether a target is an attribute of another object than `self`, or an item of one."""
    while isinstance(target, ast.Subscript):
        target = target.value
    return isinstance(target, ast.Attribute) and ast.unparse(target.value) not in ("self", "cls")


def other_objects(tree: ast.AST) -> set[str]:
    """Return the assigned attributes of other objects than `self`."""
    targets = (target for node in ast.walk(tree) for target in assigned(node))
    return {ast.unparse(target) for target in targets if is_of_other_object(target)}


def attributes(tree: ast.AST, name: str) -> set[str]:
    """Return the instance and class attributes of the class `name`."""
    [definition] = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and node.name == name]
    own = {ast.unparse(target) for node in ast.walk(definition) for target in assigned(node)}
    return {
        *(name.removeprefix("self.") for name in own if name.startswith("self.") and name.count(".") == 1),
        *(ast.unparse(target) for node in definition.body for target in assigned(node)),
    }


@every_module
def test_module_is_short(name: str) -> None:
    assert name == ERROR_TREE or len((CORE / name).read_text("utf-8").splitlines()) <= MODULE_LINES


@every_module
def test_functions_are_short(name: str) -> None:
    assert long_functions(parse(name)) == []


@every_module
def test_module_assigns_no_attribute_of_other_object(name: str) -> None:
    assert other_objects(parse(name)) - FOREIGN.get(name, set()) == set()


def test_exceptions_for_foreign_objects_are_needed() -> None:
    assert {name: other_objects(parse(name)) & targets for name, targets in FOREIGN.items()} == FOREIGN


def test_session_has_few_attributes() -> None:
    assert len(attributes(parse("session/session.py"), "Session")) <= SESSION_ATTRIBUTES


def test_long_function_is_reported() -> None:
    source = "async def f():\n" + "    pass\n" * FUNCTION_LINES
    assert long_functions(ast.parse(source)) == [f"f: {FUNCTION_LINES + 1} lines"]
    assert long_functions(ast.parse(source.replace("    pass\n", "", 1))) == []


@pytest.mark.parametrize(
    ("statement", "target"),
    [
        ("session.mode = 'user'", "session.mode"),
        ("self.session.mode = 'user'", "self.session.mode"),
        ("self.last, session.mode = 1, 2", "session.mode"),
        ("self.last = session.mode = 1", "session.mode"),
        ("[*session.rest] = ()", "session.rest"),
        ("session.count += 1", "session.count"),
        ("session.mode: str = 'user'", "session.mode"),
        ("del session.mode", "session.mode"),
        ("for session.mode in modes: pass", "session.mode"),
        ("with connect() as session.transport: pass", "session.transport"),
        ("setattr(session, name, 1)", "session.setattr"),
        ("object.__setattr__(session, name, 1)", "session.setattr"),
        ("find().mode = 'user'", "find().mode"),
        ("session.modes['user'] = 1", "session.modes['user']"),
        ("session.modes['user'][0] += 1", "session.modes['user'][0]"),
        ("self.session.modes[:] = ()", "self.session.modes[:]"),
        ("del session.modes['user']", "session.modes['user']"),
    ],
)
def test_assignment_to_attribute_of_other_object_is_reported(statement: str, target: str) -> None:
    assert other_objects(ast.parse(statement)) == {target}


@pytest.mark.parametrize(
    "statement",
    [
        "self.mode = 'user'",
        "self.mode, mode = 1, 2",
        "self.bindings['token'] = b''",
        "del self.bindings['token']",
        "bindings['token'] = b''",
        "mode = session.mode",
        "modes[session.mode] = 1",
        "cls.count += 1",
        "object.__setattr__(self, name, 1)",
        "session.enter(mode='user')",
    ],
)
def test_assignment_to_own_attribute_is_accepted(statement: str) -> None:
    assert other_objects(ast.parse(statement)) == set()


def test_attributes_of_class_and_instance_are_counted() -> None:
    source = """
class Session:
    limit = 1
    name: str

    def __init__(self, other):
        self.driver, self._channel = other.driver, other.channel
        self.failure: str = ""
        self._channel.last = local = 1

    @property
    def mode(self):
        return self._channel.mode
"""
    assert attributes(ast.parse(source), "Session") == {"limit", "name", "driver", "_channel", "failure"}
