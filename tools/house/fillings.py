"""The rule that nothing of ours fills `{what}` and `{why}` of a fault's sentence without being known to
`errors.reasons`, so that it has words in every language.

What is given to a `Fault` by these names is followed back through the sources: names to what is assigned to
them, parameters to every call, calls to what they return. Whatever ends in a text with a space in it is a
phrase, and must be known; one without is a name, as of a file. An expression that leads to no text must be
listed in `NAMES` as one that holds a name. Nothing is run.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from string import Formatter
from typing import Final

from tools.house.finding import Finding

RULE: Final = "fillings-known"
_KNOWN: Final = PurePosixPath("src/yeollak/errors/reasons.py")
#: The data of a fault that are words of ours.
FIELDS: Final = ("what", "why", "found", "expected", "key")
#: Parameters that carry on what is said; any other name holds a name, a size or the like.
_CARRIERS: Final = frozenset({"what", "why"})
_FAULTS: Final = frozenset({"Fault", "OurFault", "TheirFault", "LineFault", "RecordFault", "whose"})
#: Exceptions whose text becomes the `why` of a fault, in the modules where it does.
TOLD: Final[Mapping[str, tuple[str, ...]]] = {
    "Refused": ("forms.kinds",),
    "ValueError": (
        "node.alarm_settings",
        "node.config",
        "node.enclosure_settings",
        "node.roles",
        "node.word_settings",
        "office.charter",
        "office.periods",
    ),
}
#: Expressions given as `what` or `why` that hold no words of ours: names of files, codes, what a system says.
NAMES: Final[Mapping[str, frozenset[str]]] = {
    "what": frozenset(
        {
            "asked.path",
            "f'tile/{level}/{_number(n)}' + (f'.p/{width}' if width < WIDTH else '')",
            "name",
            "path",
            "size",
            "str(connections.settings['default']['NAME'])",
            "str(connections[self.alias].settings_dict['NAME'])",
            "str(path)",
            "str(root)",
            "what",
        }
    ),
    "why": frozenset(
        {
            "fault.code",
            "found.void",
            "problem.message[:200]",
            "problem.strerror",
            "refusal.code",
            "refused.code",
            "str(problem)",
            "str(problem).splitlines()[0][:120]",
            "str(problem.strerror)",
            "type(problem).__name__",
        }
    ),
}

#: What makes a text a phrase: a space beside a letter. `{}: {}` holds what others say.
_PHRASE: Final = re.compile(r"[A-Za-z] | [A-Za-z]")
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def unknown(sources: Mapping[PurePosixPath, str], known: Mapping[str, Collection[str]]) -> Iterator[Finding]:
    """Everything that fills a fault and is none of the `known` phrases (by field), and each of those that
    nothing fills a fault with.
    """
    every = Fillings(sources)
    wanted = {name: {_bare(phrase): phrase for phrase in known[name]} for name in FIELDS}
    for text in every.phrases:
        if text.text not in wanted[text.field]:
            why = f"{{{text.field}}} is filled with {text.text!r}, for which there are no words"
            yield Finding(text.path, text.line, RULE, why)
    for text in every.unclear:
        if text.text not in NAMES.get(text.field, {text.text}):
            why = f"nobody can tell whether {text.text}, which fills {{{text.field}}}, is words of ours"
            yield Finding(text.path, text.line, RULE, why)
    used = {text.text for text in every.phrases}
    for name, phrases in wanted.items():
        for bare, phrase in phrases.items():
            if bare not in used:
                yield Finding(_KNOWN, 0, RULE, f"nothing fills {{{name}}} with {phrase!r} any more")


def _bare(phrase: str) -> str:
    """A template with `{}` in the place of each field."""
    parts = Formatter().parse(phrase)
    return "".join(literal + ("{}" if name is not None else "") for literal, name, _, _ in parts)


@dataclass(frozen=True, slots=True)
class Text:
    """A phrase in the sources: the field that it fills and its text, with `{}` where a value stands."""

    path: PurePosixPath
    line: int
    field: str
    text: str


@dataclass(slots=True)
class Fillings:
    """Everything in `sources` (path -> text) that fills one of `FIELDS`: phrases, and expressions of which
    nobody can tell.
    """

    sources: Mapping[PurePosixPath, str]
    phrases: list[Text] = field(default_factory=list)
    unclear: list[Text] = field(default_factory=list)
    _trees: dict[str, ast.Module] = field(default_factory=dict)
    _paths: dict[str, PurePosixPath] = field(default_factory=dict)
    _module: dict[ast.AST, str] = field(default_factory=dict)
    _above: dict[ast.AST, ast.AST] = field(default_factory=dict)
    _imported: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    _constants: dict[str, ast.expr] = field(default_factory=dict)
    _functions: dict[str, list[_Function]] = field(default_factory=lambda: defaultdict(list))
    _calls: dict[str, list[ast.Call]] = field(default_factory=lambda: defaultdict(list))
    _done: set[tuple[str, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        for path, text in self.sources.items():
            self._read(path, text)
        for name, calls in self._calls.items():
            for call in calls:
                if name in _FAULTS:
                    for keyword in call.keywords:
                        if keyword.arg in FIELDS:
                            self._follow(keyword.arg, keyword.value)
                elif name in TOLD and self._module[call] in TOLD[name] and call.args:
                    self._follow("why", call.args[0])

    def _read(self, path: PurePosixPath, text: str) -> None:
        module = ".".join(path.with_suffix("").parts[2:]).removesuffix(".__init__")
        tree = self._trees[module] = ast.parse(text)
        self._paths[module] = path
        for node in ast.walk(tree):
            self._module[node] = module
            for child in ast.iter_child_nodes(node):
                self._above[child] = node
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("yeollak"):
                origin = node.module.removeprefix("yeollak").removeprefix(".")
                for alias in node.names:
                    self._imported[module][alias.asname or alias.name] = f"{origin}.{alias.name}".strip(".")
            elif isinstance(node, _Function):
                self._functions[node.name].append(node)
            elif isinstance(node, ast.Call) and (name := _called(node)):
                self._calls[name].append(node)
        for statement in tree.body:
            for name, value in _assigned(statement):
                self._constants[f"{module}.{name}"] = value

    def _follow(self, role: str, given: ast.expr) -> None:
        if (role, id(given)) in self._done:
            return
        self._done.add((role, id(given)))
        match given:
            case ast.Constant(value=str() as text):
                self._phrase(role, given, text)
            case ast.JoinedStr():
                self._joined(role, given)
            case ast.IfExp():
                self._follow(role, given.body)
                self._follow(role, given.orelse)
            case ast.BoolOp():
                for value in given.values:
                    self._follow(role, value)
            case ast.Subscript(value=ast.JoinedStr() as joined):
                self._follow(role, joined)
            case ast.Name():
                self._name(role, given)
            case ast.Attribute(value=ast.Name(id="self")):
                self._attribute(role, given)
            case ast.Call() if returned := self._returned(given):
                for value in returned:
                    self._follow(role, value)
            case ast.Constant():  # None and numbers are no words
                pass
            case _:
                self._unclear(role, given)

    def _joined(self, role: str, given: ast.JoinedStr) -> None:
        parts = []
        for value in given.values:
            if isinstance(value, ast.Constant):
                parts.append(str(value.value))
            elif isinstance(value, ast.FormattedValue):
                parts.append("{}")
                inner = value.value
                if isinstance(inner, ast.Name) and inner.id.strip("_").lower() in _CARRIERS:
                    self._follow(inner.id.strip("_").lower(), inner)
        self._phrase(role, given, "".join(parts))

    def _name(self, role: str, given: ast.Name) -> None:
        scope: ast.AST = given
        while (above := self._enclosing(scope)) is not None:
            scope = above
            values = [
                value for node in ast.walk(scope) for name, value in _assigned(node) if name == given.id
            ]
            for value in values:
                self._follow(role, value)
            if given.id in _parameters(scope) and given.id in _CARRIERS:
                self._callers(role, scope, given.id)
            elif not values:
                if given.id not in _bound(scope):
                    continue
                self._unclear(role, given)
            return
        module = self._module[given]
        known = self._constants.get(f"{module}.{given.id}") or self._constants.get(
            self._imported[module].get(given.id, "")
        )
        if known is None:
            self._unclear(role, given)
        else:
            self._follow(role, known)

    def _attribute(self, role: str, given: ast.Attribute) -> None:
        owner = self._owner(given)
        if owner is None:
            return
        values = [
            node.value
            for node in ast.walk(owner)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Attribute) and target.attr == given.attr
        ]
        paired = [
            pair
            for node in ast.walk(owner)
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple)
            for target in node.targets
            if isinstance(target, ast.Tuple)
            for pair in zip(target.elts, node.value.elts, strict=False)
            if isinstance(pair[0], ast.Attribute) and pair[0].attr == given.attr
        ]
        for value in (*values, *(value for _, value in paired)):
            self._follow(role, value)
        if not values and not paired:
            self._unclear(role, given)

    def _callers(self, role: str, function: ast.AST, name: str) -> None:
        """Whatever is given for the parameter `name` of `function`, by default and by every call."""
        if not isinstance(function, _Function):
            return
        default = _default(function, name)
        if default is not None:
            self._follow(role, default)
        owner = self._above[function]
        method = isinstance(owner, ast.ClassDef)
        names = [arg.arg for arg in (*function.args.posonlyargs, *function.args.args)]
        static = any(
            isinstance(mark, ast.Name) and mark.id == "staticmethod" for mark in function.decorator_list
        )
        place = names.index(name) - (method and not static) if name in names else None
        called = (
            owner.name if isinstance(owner, ast.ClassDef) and function.name == "__init__" else function.name
        )
        for call in self._calls.get(called, ()):
            if self._may_mean(call, function, method=method):
                given = [keyword.value for keyword in call.keywords if keyword.arg == name]
                if place is not None and place < len(call.args):
                    given.append(call.args[place])
                for value in given:
                    self._follow(role, value)

    def _may_mean(self, call: ast.Call, function: _Function, *, method: bool) -> bool:
        """Whether a call by the function's name may be one of it. A method's owner is nobody's guess."""
        here, there = self._module[call], self._module[function]
        if isinstance(call.func, ast.Name):
            meant = self._imported[here].get(call.func.id, "")
            return here == there or meant == f"{there}.{function.name}" or f"{there}.".startswith(f"{meant}.")
        if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name):
            if call.func.value.id in {"self", "cls"}:
                return self._owner(call) is self._above[function]
            meant = self._imported[here].get(call.func.value.id, "")
            if meant in self._trees:
                return meant == there
        return method

    def _owner(self, node: ast.AST) -> ast.AST | None:
        """The class that something stands in."""
        above = self._above.get(node)
        while above is not None and not isinstance(above, ast.ClassDef):
            above = self._above.get(above)
        return above

    def _returned(self, call: ast.Call) -> list[ast.expr]:
        """What a function of the same module returns; nothing for any other."""
        module, name = self._module[call], _called(call)
        return [
            node.value
            for function in self._functions.get(name or "", ())
            if isinstance(call.func, ast.Name) and self._module[function] == module
            for node in ast.walk(function)
            if isinstance(node, ast.Return) and node.value is not None
        ]

    def _enclosing(self, node: ast.AST) -> ast.AST | None:
        above = self._above.get(node)
        while above is not None and not isinstance(above, _Function | ast.Lambda):
            above = self._above.get(above)
        return above

    def _phrase(self, role: str, node: ast.expr, text: str) -> None:
        if _PHRASE.search(text.replace("{}", "")):
            self.phrases.append(Text(self._paths[self._module[node]], node.lineno, role, text))

    def _unclear(self, role: str, node: ast.expr) -> None:
        shown = ast.unparse(node)
        self.unclear.append(Text(self._paths[self._module[node]], node.lineno, role, shown))


def _called(call: ast.Call) -> str | None:
    if isinstance(call.func, ast.Name):
        return call.func.id
    return call.func.attr if isinstance(call.func, ast.Attribute) else None


def _assigned(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """The names that a statement gives a value, with it, as far as one can tell."""
    if isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Name):
                yield target.id, node.value
            elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                for name, value in zip(target.elts, node.value.elts, strict=False):
                    if isinstance(name, ast.Name):
                        yield name.id, value
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
        yield node.target.id, node.value


def _parameters(scope: ast.AST) -> set[str]:
    arguments = scope.args if isinstance(scope, _Function | ast.Lambda) else None
    if arguments is None:
        return set()
    return {arg.arg for arg in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}


def _bound(scope: ast.AST) -> set[str]:
    """The names that a function gives any value: its parameters, loops, exceptions and the like."""
    stored = {
        node.id for node in ast.walk(scope) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    caught = {node.name for node in ast.walk(scope) if isinstance(node, ast.ExceptHandler) and node.name}
    return _parameters(scope) | stored | caught


def _default(function: _Function, name: str) -> ast.expr | None:
    arguments = function.args
    placed = [*arguments.posonlyargs, *arguments.args]
    found: dict[str, ast.expr | None] = {
        arg.arg: value for arg, value in zip(reversed(placed), reversed(arguments.defaults), strict=False)
    }
    found |= {arg.arg: value for arg, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)}
    return found.get(name)
