"""The words of the audit log: every action that the program writes has some, and is in the filter."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import yeollak
from tests.storage.setup import ready

ready()

from yeollak.desk.staff.audited import action_words  # noqa: E402 (Django is configured above)

#: The calls that write a line of the log, with the place of the action among their arguments.
_WRITERS = {"_log": 1, "_done": 1, "note": 2, "_counted": 0}
_PLACES = ("storage", "desk/staff", "node", "cli")
_MODULES = {"staffing.py", "entrance.py", "asking.py", "desk_drafts.py", "feeds.py"}


def logged() -> set[str]:
    """Every action that is written out in the code."""
    root = Path(yeollak.__file__).parent
    return {
        action
        for place in _PLACES
        for path in sorted((root / place).rglob("*.py"))
        for action in actions(path)
    }


def actions(path: Path) -> Iterator[str]:
    """The actions of a module: as they are written, one of two, or by a name that was given one of them."""
    tree = ast.parse(path.read_text())
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        named = {
            target.id: strings(node.value)
            for node in ast.walk(function)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        passed = {one.arg for one in function.args.args}
        for call in ast.walk(function):
            if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
                continue
            place = _WRITERS.get(call.func.attr)
            if place is None or (call.func.attr != "note" and path.name not in _MODULES):
                continue
            if call.func.attr == "note" and "staffing" not in ast.unparse(call.func):
                continue
            given = call.args[place]
            found = strings(given)
            if isinstance(given, ast.Name):
                found = named.get(given.id, set())
                assert found or given.id in passed, (path.name, ast.unparse(call))
            assert found or isinstance(given, ast.Name), (path.name, ast.unparse(call))
            yield from found


def strings(node: ast.expr) -> set[str]:
    """The strings that an expression may be."""
    if isinstance(node, ast.IfExp):
        return strings(node.body) | strings(node.orelse)
    return {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()


def test_every_action_of_the_log_has_words() -> None:
    found, words = logged(), action_words()
    assert {"act-signed", "signed-in", "draft-taken", "draft-handed", "permission-missing"} <= found
    assert found == set(words)
    assert len(set(words.values())) == len(words)
