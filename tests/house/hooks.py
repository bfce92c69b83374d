"""Private hooks: where `grader/` leans on what another library does not promise.

A hook is a name that begins with one underscore, or an attribute that is exchanged for a function
or class of ours. It belongs into a module whose name says `compat`, beside a check of its target:
an `assert` that names it, or a call such as `require(target, "name")`. All others are violations.
Found by reading: which library a name is of is told by the imports of the file and by the sources
of the libraries that it imports.
"""

import ast
import importlib.util
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.house.survey import Module

_PRIVATE = re.compile(r"_[a-zA-Z]\w*$")
_DEFINED = re.compile(
    r"\bdef (\w+)|^[ \t]*(\w+)[ \t]*(?::[^=\n]+)?=(?!=)|\bself\.(\w+)[ \t]*(?::[^=\n]+)?=(?!=)"
    r"|\bclass (\w+)",
    re.MULTILINE,
)
_CHECKS = re.compile(r"_?(?:require|expect|ensure|check|assert|need|verif)")


@dataclass(frozen=True, order=True)
class Hook:
    """One name of a library that is leaned on in one module."""

    library: str
    name: str
    path: str
    line: int
    is_checked: bool

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.library} {self.name}"


def hooks(found: list[Module]) -> list[Hook]:
    """Every hook of these modules, once for each module and name."""
    ours = {name for module in found for name in _defined(module.text) | _kept(module.tree)}
    imported = [_imports(module.tree) for module in found]
    everywhere = sorted({top for names in imported for top in _libraries(names)})
    hooked: dict[tuple[str, str, str], Hook] = {}
    for module, imports in zip(found, imported, strict=True):
        checked = _checked(module)
        for library, name, line in _Reader(imports, ours, everywhere).read(module.tree):
            if not _is_foreign(library):
                continue
            is_compat = "compat" in module.name
            hook = Hook(library, name, str(module.path), line, is_compat and name in checked)
            hooked.setdefault((library, name, hook.path), hook)
    return sorted(hooked.values())


def _imports(tree: ast.Module) -> dict[str, str]:
    """Local names by the full name of the module, or of a module's member, that they stand for."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                found[alias.asname or top] = alias.name if alias.asname else top
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                found[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return found


def _libraries(imports: dict[str, str]) -> set[str]:
    return {top for name in imports.values() if _is_foreign(top := name.partition(".")[0])}


def _is_foreign(top: str) -> bool:
    return top not in {*sys.stdlib_module_names, "grader"}


def _defined(text: str) -> set[str]:
    return {name for match in _DEFINED.finditer(text) for name in match.groups() if name}


def _kept(tree: ast.Module) -> set[str]:
    """Attributes that methods set on `self`, also several in one statement."""
    stores = (node for node in ast.walk(tree) if isinstance(node, ast.Attribute))
    return {n.attr for n in stores if isinstance(n.ctx, ast.Store) and _is_self(n.value)}


@cache
def _names_of(library: str) -> frozenset[str]:
    """Every name that the sources of an installed library define."""
    spec = importlib.util.find_spec(library)
    places = list(spec.submodule_search_locations or []) if spec else []
    files = [path for place in places for path in Path(place).rglob("*.py")]
    if spec and spec.origin and not places and Path(spec.origin).is_file():
        files = [Path(spec.origin)]
    texts = (
        path.read_text("utf-8", errors="ignore") for path in files if "/tests/" not in str(path)
    )
    return frozenset(name for text in texts for name in _defined(text))


class _Reader:
    """Reads one file; yields (library, name, line)."""

    def __init__(self, imports: dict[str, str], ours: set[str], everywhere: Iterable[str]) -> None:
        """`ours`: names that grader/ defines; `everywhere`: libraries to look into last."""
        self.imports = imports
        self.ours = ours
        own = _libraries(imports)
        self.libraries = [*sorted(own), *(name for name in everywhere if name not in own)]

    def read(self, tree: ast.Module) -> Iterator[tuple[str, str, int]]:
        self._follow(tree)
        functions = {
            node.name
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        }
        for node in ast.walk(tree):
            yield from self._private_import(node)
            if isinstance(node, ast.ClassDef):
                yield from self._overrides(node)
            elif isinstance(node, ast.Attribute):
                yield from self._private_name(node.value, node.attr, node.lineno)
            elif isinstance(node, ast.Call):
                yield from self._by_string(node)
            elif isinstance(node, ast.Assign):
                for target in node.targets:
                    yield from self._patch(target, node.value, functions)

    def _follow(self, tree: ast.Module) -> None:
        """Names that stand for a library's own: `tables = api.Base.metadata`."""
        for _ in range(2):
            for node in ast.walk(tree):
                if isinstance(node, ast.Assign) and isinstance(node.value, ast.Attribute):
                    root = self._full(node.value)
                    for target in node.targets:
                        if root and isinstance(target, ast.Name):
                            self.imports.setdefault(target.id, root)

    def _full(self, node: ast.AST) -> str | None:
        """The full name that an expression such as `api.Base.metadata` stands for."""
        if isinstance(node, ast.Name):
            return self.imports.get(node.id)
        if isinstance(node, ast.Attribute):
            root = self._full(node.value)
            return f"{root}.{node.attr}" if root else None
        return None

    def _private_import(self, node: ast.AST) -> Iterator[tuple[str, str, int]]:
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            top, *parts = name.split(".")
            if _is_foreign(top) and any(map(_PRIVATE.match, parts)):
                yield top, parts[-1], node.lineno  # type: ignore[attr-defined]

    def _overrides(self, node: ast.ClassDef) -> Iterator[tuple[str, str, int]]:
        """Private members that a class shares with the library its base is of."""
        bases = [name for base in node.bases if (name := self._full(base))]
        for base in bases:
            library = base.partition(".")[0]
            for item in node.body:
                for name in _bound_by(item):
                    if _PRIVATE.match(name) and name in _names_of(library):
                        yield library, name, item.lineno

    def _private_name(self, owner: ast.AST, name: str, line: int) -> Iterator[tuple[str, str, int]]:
        if not _PRIVATE.match(name):
            return
        root = self._full(owner)
        if root:
            yield root.partition(".")[0], name, line
            return
        if name not in self.ours and (library := self._library(name)):
            yield library, name, line

    def _library(self, name: str) -> str | None:
        """The library whose sources define `name`, those that the file imports first."""
        return next((each for each in self.libraries if name in _names_of(each)), None)

    def _by_string(self, node: ast.Call) -> Iterator[tuple[str, str, int]]:
        """`getattr(x, "_name")` and its like; `setattr` on a library's own."""
        function = node.func.id if isinstance(node.func, ast.Name) else ""
        if function not in {"getattr", "setattr", "hasattr", "delattr"} or len(node.args) < 2:
            return
        owner, name = node.args[0], node.args[1]
        root = self._full(owner)
        if isinstance(name, ast.Constant) and isinstance(name.value, str):
            yield from self._private_name(owner, name.value, node.lineno)
            if function == "setattr" and root and not _PRIVATE.match(name.value):
                yield root.partition(".")[0], name.value, node.lineno
        elif function == "setattr" and root:
            yield root.partition(".")[0], f"{ast.unparse(owner)}.*", node.lineno

    def _patch(
        self, target: ast.expr, value: ast.expr, functions: set[str]
    ) -> Iterator[tuple[str, str, int]]:
        """An attribute that is exchanged for something of ours."""
        if isinstance(target, ast.Tuple):
            values = value.elts if isinstance(value, ast.Tuple) else [value] * len(target.elts)
            for one, other in zip(target.elts, values, strict=True):
                yield from self._patch(one, other, functions)
        elif isinstance(target, ast.Subscript) and isinstance(target.value, ast.Call):
            called = target.value
            root = self._full(called.args[0]) if called.args else None
            if isinstance(called.func, ast.Name) and called.func.id == "vars" and root:
                yield root.partition(".")[0], ast.unparse(target.slice).strip("'\""), target.lineno
        elif isinstance(target, ast.Attribute) and not _PRIVATE.match(target.attr):
            root = self._full(target.value)
            if root and not isinstance(value, ast.Constant):
                yield root.partition(".")[0], target.attr, target.lineno
            elif not root and not _is_self(target.value) and _is_function(value, functions):
                library = self._library(target.attr)
                if library:
                    yield library, target.attr, target.lineno


def _bound_by(item: ast.stmt) -> list[str]:
    if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef):
        return [item.name]
    if isinstance(item, ast.Assign):
        return [target.id for target in item.targets if isinstance(target, ast.Name)]
    if isinstance(item, ast.AnnAssign) and item.value and isinstance(item.target, ast.Name):
        return [item.target.id]
    return []


def _is_self(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id in {"self", "cls"}


def _is_function(value: ast.expr, functions: set[str]) -> bool:
    """Whether a value is a function or a class of this file."""
    if isinstance(value, ast.Call):
        return ast.unparse(value.func) in {"partial", "functools.partial", "MethodType"}
    return isinstance(value, ast.Lambda) or (isinstance(value, ast.Name) and value.id in functions)


def _checked(module: Module) -> set[str]:
    """Names that the module's checks name, by themselves or in a constant of the module."""
    constants = {
        target.id: node.value
        for node in module.tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    found: set[str] = set()
    for node in ast.walk(module.tree):
        parts: list[ast.AST] = []
        if isinstance(node, ast.Assert) or _is_check(node):
            parts = [*ast.walk(node)]
        elif isinstance(node, ast.For) and any(map(_is_check, ast.walk(node))):
            parts = [*ast.walk(node.iter)]  # `for owner, names in …: require(owner, *names)`
        named = [constants[p.id] for p in parts if isinstance(p, ast.Name) and p.id in constants]
        for part in [*parts, *(inner for each in named for inner in ast.walk(each))]:
            if isinstance(part, ast.Attribute):
                found.add(part.attr)
            elif isinstance(part, ast.Constant) and isinstance(part.value, str):
                found |= set(re.findall(r"\w+", part.value))
    return found


def _is_check(node: ast.AST) -> bool:
    """Whether this calls `require`, `check…` or the like."""
    if not isinstance(node, ast.Call):
        return False
    called = node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
    return bool(_CHECKS.match(called))
