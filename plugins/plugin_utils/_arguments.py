# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The argument specification of a module, taken from its documentation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleError
from ansible.module_utils.common.yaml import yaml_load

from ._core import Failed, InvalidParameter, suggestion

_NUMBERS: Mapping[str, type[int] | type[float]] = {"int": int, "float": float}
_SPECIFIED = ("type", "elements", "required", "default", "choices", "aliases")


def specification(documentation: str) -> dict[str, dict[str, Any]]:
    """Return the argument_spec of the module with this DOCUMENTATION."""
    options: dict[str, dict[str, Any]] = yaml_load(documentation)["options"]
    return {
        name: {key: option[key] for key in _SPECIFIED if key in option} for name, option in options.items()
    }


def check(specification: Mapping[str, Mapping[str, Any]], arguments: Mapping[str, Any]) -> None:
    """Raise InvalidParameter for an unknown option, and for a text in place of a number.

    Ansible's own messages are long, and name types of Python.
    """
    options = _with_aliases(specification)
    for name, value in arguments.items():
        if name not in options:
            raise InvalidParameter(f"unknown option {name!r}.", hint=suggestion(str(name), specification))
        kind = options[name].get("type", "str")
        if kind in _NUMBERS and value is not None and not _is_a(_NUMBERS[kind], value):
            expected = "a whole number" if kind == "int" else "a number"
            raise InvalidParameter(f"{name}: expected {expected}, got {value!r}.")


def _with_aliases(specification: Mapping[str, Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Return the options by their names and by their other names."""
    return {
        name: option for key, option in specification.items() for name in (key, *option.get("aliases", ()))
    }


def _is_a(number: type[int] | type[float], value: object) -> bool:
    try:
        number(str(value))
    except ValueError:
        return False
    return True


def as_lists(specification: Mapping[str, Mapping[str, Any]], arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments, with a string or mapping for a list option as a list of one element.

    Ansible would split a string at its commas. The strings of a list become plain ones: those of ansible-core
    2.19 and later have tags, and its validation takes 4 ms to copy a hundred of them.
    """
    options = _with_aliases(specification)
    lists = {name for name, option in options.items() if option.get("type") == "list"}
    return {
        name: [str(item) if isinstance(item, str) else item for item in _as_list(value)]
        if name in lists and isinstance(value, (str, Mapping, list))
        else value
        for name, value in arguments.items()
    }


def _as_list(value: str | Mapping[str, Any] | list[Any]) -> list[Any]:
    return value if isinstance(value, list) else [value]


def validated(action: Any, specification: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return the checked arguments of a task, defaults included. Raises AnsibleError.

    action: the action plugin of the task.
    """
    task = action._task
    task.args = as_lists(specification, task.args)
    try:
        check(specification, task.args)
        arguments: Mapping[str, Any] = action.validate_argument_spec(specification)[1]
    except InvalidParameter as exc:
        raise Failed(str(exc)) from exc
    except AnsibleError as exc:
        raise Failed(exc.message) from exc
    return arguments
