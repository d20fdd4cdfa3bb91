# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The layers of pyco_core as a graph of their imports, for docs/architecture.md."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CORE = ROOT / "pyco_core"
PLUGINS = "plugins"
BEGIN, END = "<!-- begin: layers -->\n", "<!-- end: layers -->\n"
Graph = dict[str, set[str]]


def update(page: Path, *, check: bool) -> bool:
    """Write the graph between the markers of the page; return True if it was another one.

    check: write nothing. A missing page is left alone.
    """
    if not page.exists():
        return False
    old = page.read_text("utf-8")
    before, _begin, rest = old.partition(BEGIN)
    _old, _end, after = rest.partition(END)
    new = f"{before}{BEGIN}{mermaid(layers())}{END}{after}"
    if not check:
        page.write_text(new, "utf-8")
    return new != old


def mermaid(graph: Graph) -> str:
    """Return the graph as a Mermaid diagram, without the arrows that follow from others."""
    arrows = [f"  {name} --> {below}\n" for name, near in reduced(graph).items() for below in sorted(near)]
    return f"```mermaid\ngraph TD\n{''.join(arrows)}```\n"


def layers() -> Graph:
    """Return each layer with the layers that it imports; a layer is a module or a package of pyco_core."""
    graph: Graph = {}
    for path in sorted(CORE.rglob("*.py")):
        module = path.relative_to(CORE).with_suffix("").as_posix().replace("/", ".")
        if not module.startswith("__"):
            graph.setdefault(_layer(module), set()).update(_imports(path.read_text("utf-8"), module))
    door = (ROOT / PLUGINS / "plugin_utils/_core.py").read_text("utf-8")
    graph[PLUGINS] = {name.partition(".")[0] for name in _absolute(door)}
    return {name: graph[name] - {name} for name in sorted(graph)}


def reduced(graph: Graph) -> Graph:
    """Return the graph without the edges that follow from others."""
    below = {name: _reachable(graph, name) for name in graph}
    return {
        name: {one for one in near if not any(one in below[other] for other in near)}
        for name, near in graph.items()
    }


def _reachable(graph: Graph, start: str) -> set[str]:
    reached: set[str] = set()
    pending = [start]
    while pending:
        new = graph[pending.pop()] - reached
        reached |= new
        pending += new
    return reached


def _imports(source: str, module: str) -> Iterator[str]:
    """Yield the layers in the relative imports of a module."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = module.split(".")[: -node.level]
            inside = [*base, *(node.module or "").split(".")] if node.module else base
            yield from [inside[0]] if inside else [alias.name for alias in node.names]


def _absolute(source: str) -> Iterator[str]:
    """Yield the modules of pyco_core that a plugin imports."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module and "pyco_core." in node.module:
            yield node.module.rpartition("pyco_core.")[2]


def _layer(module: str) -> str:
    return module.partition(".")[0]
