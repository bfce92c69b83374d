"""What the house rules say of `grader/`, read from its files: names, sizes, tests, words.

Nothing of the package is imported or run. Each function returns one line a violation.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

MOST_LINES = 400
_HANDED_IN = {"corpus", "outside"}  # below tests/: code of learners, some of which is no Python
_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")


@dataclass(frozen=True)
class Module:
    """One Python file of the package: its dotted name, path, text and syntax tree."""

    name: str
    path: Path
    text: str

    @classmethod
    def read(cls, root: Path, path: Path) -> "Module":
        """The module in `path`, a file below `root`."""
        parts = path.relative_to(root).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        return cls(name, path, path.read_text("utf-8"))

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed file."""
        return ast.parse(self.text)

    @property
    def is_package(self) -> bool:
        """Whether this is an `__init__.py`."""
        return self.path.name == "__init__.py"

    def bound(self) -> dict[str, str]:
        """Names bound at the module's top: "def", "class", "value" or the import's full name."""
        found: dict[str, str] = {}
        for node in self.tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                found[node.name] = "def"
            elif isinstance(node, ast.ClassDef):
                found[node.name] = "class"
            elif isinstance(node, ast.Assign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                found |= {t.id: "value" for t in targets if isinstance(t, ast.Name)}
            elif isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    found[alias.asname or alias.name] = f"{node.module}.{alias.name}"
        return found


def modules(root: Path, top: str = "grader") -> list[Module]:
    """Every Python file below `top` in the order of their paths, but what learners hand in."""
    paths = (path for path in (root / top).rglob("*.py") if not _HANDED_IN & {*path.parts})
    return [Module.read(root, path) for path in sorted(paths)]


def named_as_member(found: list[Module]) -> Iterator[str]:
    """Modules with a public member of the same name; packages that bind over a submodule."""
    names = {module.name for module in found}
    for module in found:
        bound = module.bound()
        own = module.name.rpartition(".")[2]
        if own in bound and bound[own] in {"def", "class", "value"}:
            yield f"{module.path}: defines {own!r}, which is its own name"
        if module.is_package:
            for name, source in bound.items():
                hidden = f"{module.name}.{name}"
                if hidden in names and source != hidden:
                    yield f"{module.path}: {name!r} hides the module {hidden}"


def classes_twice(found: list[Module]) -> Iterator[str]:
    """Public classes whose name is defined in two modules."""
    places = defaultdict(list)
    for module in found:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(f"{module.path}:{node.lineno}")
    for name, where in sorted(places.items()):
        if len(where) > 1:
            yield f"class {name}: {', '.join(where)}"


def too_long(root: Path) -> Iterator[str]:
    """Code files of more than 400 lines."""
    for top in ("grader", "tests", "benchmarks", "data"):
        for path in sorted((root / top).rglob("*.py")):
            count = len(path.read_text("utf-8").splitlines())
            if count > MOST_LINES:
                yield f"{path}: {count} lines"


def untested(found: list[Module], tests: list[Module]) -> Iterator[str]:
    """Modules that no test reaches: by import, full name, `lab.fit`, or as a command's words."""
    known = {module.name for module in found}
    homes = _exported(found)
    met: set[str] = set()
    for test in tests:
        for node in ast.walk(test.tree):
            met |= set(_named(node))
    met |= {homes[name] for name in met & homes.keys()}
    # whoever imports a module imports the packages that it is in
    met |= {name[:end] for name in met & known for end in _dots(name)}
    for module in found:
        if module.name not in met and len(module.tree.body) > 1:
            yield f"{module.path}: no test imports {module.name}"


def _named(node: ast.AST) -> Iterator[str]:
    """The full names that one node of a test may stand for."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield node.module
        yield from (f"{node.module}.{alias.name}" for alias in node.names)
    elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        if node.value.id == "lab":
            yield f"grader.lab.{node.attr}"
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        for word in re.findall(r"grader(?:\.\w+)+", node.value):
            yield from (word, f"{word}.__main__")  # run by `python -m`
    elif isinstance(node, ast.List) and node.elts:
        first = node.elts[0]
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            # words of a command line
            yield f"grader.classroom.cli.{first.value.replace('-', '_')}"
        words = [str(word.value) if isinstance(word, ast.Constant) else "" for word in node.elts]
        if "-m" in words[:-1]:
            yield f"{words[words.index('-m') + 1]}.__main__"


def _exported(found: list[Module]) -> dict[str, str]:
    """Names that a package offers, `grader.lab.fit`, by the module that defines them."""
    homes: dict[str, str] = {}
    for module in found:
        if not module.is_package:
            continue
        stub = module.path.with_suffix(".pyi")
        trees = [module.tree, *([ast.parse(stub.read_text("utf-8"))] if stub.is_file() else [])]
        for node in (node for tree in trees for node in ast.walk(tree)):
            if isinstance(node, ast.ImportFrom) and node.module:
                source = f"{module.name}.{node.module}" if node.level else node.module
                homes |= {f"{module.name}.{alias.name}": source for alias in node.names}
    return homes


def _dots(name: str) -> list[int]:
    return [place for place, letter in enumerate(name) if letter == "."]


@dataclass(frozen=True)
class Term:
    """A word of the glossary: `word`, what it means, and the words that it replaces."""

    word: str
    meaning: str
    replaces: tuple[str, ...]


def glossary(path: Path) -> list[Term]:
    """The rows of docs/glossary.md: `| word | meaning | not |`."""
    terms = []
    for line in path.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| **") and len(cells) == 3:
            replaced = tuple(re.findall(r"`([^`]+)`", cells[2]))
            terms.append(Term(cells[0].strip("*"), cells[1], replaced))
    return terms


def forbidden_words(found: list[Module], terms: list[Term]) -> Iterator[str]:
    """Names of any kind that hold a word which the glossary replaces, once for each file."""
    instead = {old: term.word for term in terms for old in term.replaces}
    for module in found:
        names = {module.name.rpartition(".")[2]: 1}
        for node in ast.walk(module.tree):
            for name in _names_given(node):
                names.setdefault(name, getattr(node, "lineno", 1))
        for name, line in names.items():
            for word in {part.lower() for part in _WORD.findall(name)} & instead.keys():
                yield f"{module.path}:{line}: {name}: say {instead[word]!r}, not {word!r}"


def _names_given(node: ast.AST) -> Iterator[str]:
    """The names that a node makes: definitions, arguments, variables and attributes set."""
    if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        yield node.name
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
        yield node.attr


def lines(found: list[Module]) -> int:
    """Lines of all files."""
    return sum(len(module.text.splitlines()) for module in found)
