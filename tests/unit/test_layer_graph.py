# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The graph of the layers in docs/architecture.md."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import docs, layers
from scripts.layers import BEGIN, END


def test_arrow_that_follows_from_others_is_left_out() -> None:
    graph = {"top": {"middle", "bottom"}, "middle": {"bottom"}, "bottom": set[str]()}
    assert layers.mermaid(graph) == "```mermaid\ngraph TD\n  top --> middle\n  middle --> bottom\n```\n"


def test_graph_has_imports_of_modules_and_of_plugins() -> None:
    graph = layers.layers()
    assert "errors" in graph["fsm"]
    assert graph["errors"] == set()
    assert "models" in graph["plugins"]
    assert "fsm" not in graph["fsm"]


def test_stale_graph_in_page_is_reported_and_replaced(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert docs.main([str(tmp_path)]) == 0
    page = tmp_path / "architecture.md"
    page.write_text(f"# Layers\n{BEGIN}old\n{END}The end.\n", "utf-8")
    assert docs.main(["--check", str(tmp_path)]) == 1
    assert str(page) in capsys.readouterr().err
    assert page.read_text("utf-8") == f"# Layers\n{BEGIN}old\n{END}The end.\n"
    assert docs.main([str(tmp_path)]) == 0
    assert page.read_text("utf-8") == f"# Layers\n{BEGIN}{layers.mermaid(layers.layers())}{END}The end.\n"
    assert docs.main(["--check", str(tmp_path)]) == 0
