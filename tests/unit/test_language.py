# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits on vague vocabulary in docstrings, comments, documents and names of tests.

docs/contributing/language.md has the rules. The limit of each term is one occurrence in every full 200 words
of a file's prose (5 in 1,000); one is accepted in any file, also in a shorter one.
"""

from __future__ import annotations

import ast
import io
import re
import subprocess
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TERMS = {
    term: re.compile(rf"\b(?:{term})\b", re.IGNORECASE)
    for term in ("what", "where", "said|says", "words", "stands")
}
WORDS_PER_TERM = 200
WORD = re.compile(r"[A-Za-z][A-Za-z'-]*")
CODE = re.compile(r"``.+?``|`[^`]+`")
LICENCE = re.compile(r"Copyright: |SPDX-License-Identifier: ")
ISSUE = re.compile(r"\bissues? +#?\d", re.IGNORECASE)
PLUGIN_DOCUMENTATION = {"DOCUMENTATION", "EXAMPLES", "RETURN"}
VAGUE_IN_TEST_NAMES = {"what", "where", "who", "said", "says", "told", "words", "stands"}

Line = tuple[int, str]


def tracked(*patterns: str) -> list[str]:
    """Return the files of the repository that match, without symbolic links and deleted files."""
    names = subprocess.check_output(["git", "ls-files", *patterns], cwd=ROOT, text=True).splitlines()
    return [name for name in names if (ROOT / name).is_file() and not (ROOT / name).is_symlink()]


MODULES = tracked("*.py")
PAGES = tracked("*.md")
TESTS = [name for name in MODULES if re.search(r"(?:^|/)test_[^/]*\.py$", name)]


def prose(source: str) -> Iterator[Line]:
    """Yield the lines of docstrings, comments and documentation of a plugin, with their numbers."""
    for node in ast.walk(ast.parse(source)):
        text = docstring(node)
        if text:
            yield from enumerate(str(text.value).split("\n"), start=text.lineno)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and not LICENCE.search(token.string):
            yield token.start[0], token.string


def docstring(node: ast.AST) -> ast.Constant | None:
    """Return the docstring of a definition, or the text of a plugin's documentation."""
    value: ast.expr | None = None
    if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        first = node.body[0] if node.body else None
        value = first.value if isinstance(first, ast.Expr) else None
    elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in PLUGIN_DOCUMENTATION:
        value = node.value
    return value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None


def prose_of_page(page: str) -> Iterator[Line]:
    """Yield the lines of a page; of a code block, only the comments."""
    page = re.sub(r"<!--.*?-->", lambda match: "\n" * match[0].count("\n"), page, flags=re.DOTALL)
    in_block = False
    for number, line in enumerate(page.split("\n"), start=1):
        if line.lstrip().startswith("```"):
            in_block = not in_block
        elif not in_block:
            yield number, line
        elif comment := re.search(r"(?:^|\s)# (.*)", line):
            yield number, comment[1]


def vague(lines: Iterator[Line]) -> list[str]:
    """Return one sentence for each term above its limit."""
    plain = [(number, CODE.sub(" ", text)) for number, text in lines]
    words = sum(len(WORD.findall(text)) for _number, text in plain)
    limit = max(1, words // WORDS_PER_TERM)
    places = {
        term: [number for number, text in plain for _match in pattern.findall(text)]
        for term, pattern in TERMS.items()
    }
    return [
        f"{len(numbers)} times {term!r} in {words} words, limit {limit}: lines {', '.join(map(str, numbers))}"
        for term, numbers in places.items()
        if len(numbers) > limit
    ]


def bad_test_names(source: str) -> list[str]:
    """Return the names of tests that begin with an article or a pronoun, or have a vague word."""
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    names = [function.name for function in functions if function.name.startswith("test_")]
    return [
        name
        for name in names
        if re.match("test_(?:an?|the|it|its)_", name) or VAGUE_IN_TEST_NAMES & set(name.split("_"))
    ]


@pytest.mark.parametrize("name", MODULES)
def test_docstrings_and_comments_are_not_vague(name: str) -> None:
    assert vague(prose((ROOT / name).read_text("utf-8"))) == []


@pytest.mark.parametrize("name", PAGES)
def test_page_is_not_vague(name: str) -> None:
    assert vague(prose_of_page((ROOT / name).read_text("utf-8"))) == []


@pytest.mark.parametrize("name", TESTS)
def test_names_of_tests_give_subject_and_result(name: str) -> None:
    assert bad_test_names((ROOT / name).read_text("utf-8")) == []


@pytest.mark.parametrize("name", [*MODULES, *PAGES])
def test_no_text_refers_to_numbered_issue(name: str) -> None:
    lines = (ROOT / name).read_text("utf-8").splitlines()
    assert [number for number, line in enumerate(lines, start=1) if ISSUE.search(line)] == []


@pytest.mark.parametrize("term", ["what", "Where", "said", "says", "words", "stands"])
def test_frequent_term_is_reported_with_its_lines(term: str) -> None:
    source = f'"""The module.\n\n{term} is {term}.\n"""\nvalue = 1  # as {term}\n'
    [message] = vague(prose(source))
    assert message.endswith("lines 3, 3, 5")


def test_one_occurrence_in_short_text_is_accepted() -> None:
    assert vague(iter([(1, "what is here")])) == []
    assert len(vague(iter([(1, "what " + "word " * 398), (2, "what")]))) == 0
    assert len(vague(iter([(1, "what " + "word " * 397), (2, "what")]))) == 1


def test_code_is_not_prose() -> None:
    assert list(prose("where = 'what words'  # a comment\n")) == [(1, "# a comment")]
    assert vague(iter([(1, "`what` and ``where`` and `where`: `what`")])) == []
    page = "Text.\n```sh\nwhat where\nls  # list\n```\n<!-- what\nwhere -->\nEnd.\n"
    assert [line for line in prose_of_page(page) if line[1]] == [(1, "Text."), (4, "list"), (8, "End.")]


def test_plugin_documentation_is_prose() -> None:
    assert list(prose('DOCUMENTATION = """\nname: what\n"""\n')) == [(1, ""), (2, "name: what"), (3, "")]


@pytest.mark.parametrize("name", ["test_a_prompt_ends", "test_it_ends", "test_text_where_nothing_ends"])
def test_vague_name_of_test_is_reported(name: str) -> None:
    assert bad_test_names(f"def {name}(): pass\ndef test_prompt_ends_output(): pass") == [name]


@pytest.mark.parametrize("text", ["see issue {}", "Issue #{}", "issues {}"])
def test_reference_to_issue_is_reported(text: str) -> None:
    assert ISSUE.search(text.format(12))
    assert not ISSUE.search(text.format("tracker"))
