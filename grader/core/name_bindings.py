"""Which names a cell's code binds, changes and reads; told from its text, nothing is run.

Reading is linear in the text, and no text can make it fail: what does not parse, is too large or is
nested too deep counts as a list of words, each of which it may read. IPython's lines (`%time f(x)`,
`!ls`) count as words, too. What no text shows (attributes of modules, names put together at run
time) is not seen; where code asks for names by strings (`globals()["x"]`, `eval`, `exec`), the
words in its strings count as read.

Called by `core.demonstrations`, and for errors whose cause lies in another cell.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

LARGEST = 100_000
"""Characters of a cell that are parsed; nobody writes so many by hand."""
_KEPT = 10_000

_WORD = re.compile(r"[^\W\d]\w*")
_MAGIC = re.compile(r"^([ \t]*)(?:[\w, ]+=[ \t]*)?(?:[%!?]|\S+\?\??[ \t]*$).*$", re.MULTILINE)
_CELL_MAGIC = re.compile(r"\A\s*%%(\w+).*\n?")
# Cell magics whose body is Python in the notebook's own names.
_PYTHON_MAGICS = {"time", "timeit", "capture", "prun", "memit", "mprun"}
_BY_STRING = {"globals", "vars", "locals", "eval", "exec", "get_ipython", "getattr", "__main__"}
_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_COMPREHENSIONS = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


@dataclass(frozen=True)
class Bindings:
    """The names of one cell.

    `binds`: bound when it has run to its end. `changes`: bound on some ways through it alone,
    deleted, or changed in place (`x.append(…)`, `x[0] = …`). `reads`: looked up while it runs, from
    what was there before. `later`: looked up when a function that it defines is called. `modules`:
    bound by an import.
    """

    binds: frozenset[str] = frozenset()
    changes: frozenset[str] = frozenset()
    reads: frozenset[str] = frozenset()
    later: frozenset[str] = frozenset()
    modules: frozenset[str] = frozenset()


def read_bindings(source: str, *, parse: bool = True) -> Bindings:
    """The names of a code cell; without `parse` all its words count as read."""
    if not parse or len(source) > LARGEST:
        return Bindings(reads=frozenset(_WORD.findall(source)))
    return _known(source) if len(source) <= _KEPT else _read(source)


@lru_cache(maxsize=1024)
def _known(source: str) -> Bindings:
    """The course's own cells come again with each submission."""
    return _read(source)


def _read(source: str) -> Bindings:
    tree, words = _parsed(source)
    if tree is None:
        return Bindings(reads=frozenset(words))
    cell = _Cell()
    try:
        cell.block(tree.body)
    except RecursionError:
        return Bindings(reads=frozenset(_WORD.findall(source)))
    reads = cell.reads | (words - cell.bound)
    if _BY_STRING & (cell.reads | cell.later):
        reads |= _words_in_strings(tree)
    return Bindings(
        frozenset(cell.bound),
        frozenset(cell.changes - cell.bound),
        frozenset(reads),
        frozenset(cell.later),
        frozenset(cell.modules),
    )


def is_same_code(one: str, other: str) -> bool:
    """Whether two texts are the same program: a formatter changes quotes and line breaks."""
    if max(len(one), len(other)) > LARGEST:
        return one == other
    trees = _tree(one), _tree(other)
    try:
        return None not in trees and len({ast.dump(tree) for tree in trees if tree}) == 1
    except RecursionError:
        return False


def _parsed(source: str) -> tuple[ast.Module | None, set[str]]:
    """The tree of a cell, without IPython's own lines, and the words of those."""
    words: set[str] = set()
    magic = _CELL_MAGIC.match(source)
    if magic:
        words |= set(_WORD.findall(magic.group()))
        if magic.group(1) not in _PYTHON_MAGICS:
            return None, words  # another language
        source = source[magic.end() :]
    tree = _tree(source)
    if tree is None:
        words |= {w for line in _MAGIC.finditer(source) for w in _WORD.findall(line.group())}
        tree = _tree(_MAGIC.sub(r"\1pass", source))
    # code that is no Python does nothing, here as at home
    return tree, words


def _tree(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _words_in_strings(tree: ast.Module) -> set[str]:
    strings = (n.value for n in ast.walk(tree) if isinstance(n, ast.Constant))
    return {word for s in strings if isinstance(s, str) for word in _WORD.findall(s)}


class _Cell:
    """Walks through a cell's statements in the order in which they run."""

    def __init__(self) -> None:
        self.bound: set[str] = set()
        self.changes: set[str] = set()
        self.reads: set[str] = set()
        self.later: set[str] = set()
        self.modules: set[str] = set()

    def block(self, statements: Iterable[ast.stmt]) -> None:
        """Statements one after another."""
        for statement in statements:
            self._statement(statement)

    def _statement(self, node: ast.stmt) -> None:
        match node:
            case ast.If(test=test, body=body, orelse=orelse):
                self._expressions([test])
                self._branches([body, orelse])
            case ast.For(target=target, iter=iterated) | ast.AsyncFor(target=target, iter=iterated):
                self._expressions([iterated])
                self._targets(target)
                self.block([*node.body, *node.orelse])
            case ast.While(test=test, body=body, orelse=orelse):
                self._expressions([test])
                self.block([*body, *orelse])
            case ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body):
                for item in items:
                    self._expressions([item.context_expr])
                    if item.optional_vars:
                        self._targets(item.optional_vars)
                self.block(body)
            case (
                ast.Try(body=body, orelse=orelse, finalbody=final)
                | ast.TryStar(body=body, orelse=orelse, finalbody=final)
            ):
                self.block([*body, *orelse])
                for handler in node.handlers:
                    self._handler(handler)
                self.block(final)
            case ast.Match(subject=subject, cases=cases):
                self._expressions([subject])
                self._cases(cases)
            case _:
                self._simple(node)

    def _handler(self, handler: ast.ExceptHandler) -> None:
        self._expressions([handler.type] if handler.type else [])
        before = set(self.bound)
        self.bound |= {handler.name} if handler.name else set()
        self.block(handler.body)
        self.changes |= self.bound - before
        self.bound = before

    def _branches(self, bodies: list[list[ast.stmt]]) -> None:
        """Ways of which one is taken: bound is what all of them bind."""
        before, ends = set(self.bound), []
        for body in bodies:
            self.bound = set(before)
            self.block(body)
            ends.append(self.bound)
        self.bound = set.intersection(*ends)
        self.changes |= set.union(*ends) - self.bound

    def _cases(self, cases: list[ast.match_case]) -> None:
        before = set(self.bound)
        for case in cases:
            parts = [n for n in ast.walk(case.pattern) if isinstance(n, ast.expr)]
            self._expressions(parts)
            self.bound |= _pattern_names(case.pattern)
            self._expressions([case.guard] if case.guard else [])
            self.block(case.body)
            self.changes |= self.bound - before
            self.bound = set(before)

    def _simple(self, node: ast.stmt) -> None:  # noqa: C901, PLR0912 - one case a kind
        match node:
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                made = {(a.asname or a.name).partition(".")[0] for a in names} - {"*"}
                self.bound |= made
                self.modules |= made
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                self._expressions([*node.decorator_list, *_outside(node)])
                self._function(node)
                self.bound.add(name)
            case ast.ClassDef(name=name):
                self._expressions([*node.decorator_list, *node.bases])
                self._expressions(keyword.value for keyword in node.keywords)
                inner = _scope(node.body, in_class=True)
                self.reads |= inner.reads - inner.stores - self.bound
                self.later |= inner.later
                self.changes |= inner.global_stores
                self.bound.add(name)
            case ast.Delete(targets=targets):
                for target in targets:
                    self._expressions([target])
                    self.reads |= set(_roots([target])) - self.bound
                    self.bound -= {n.id for n in ast.walk(target) if isinstance(n, ast.Name)}
                    self.changes |= set(_roots([target]))
            case ast.Assign(targets=targets, value=value):
                self._expressions([value])
                for target in targets:
                    self._targets(target)
            case ast.AugAssign(target=target, value=value):
                self._expressions([value])
                self.reads |= set(_roots([target])) - self.bound
                self._targets(target)
            case ast.AnnAssign(target=target, value=value):
                self._expressions([node.annotation, *([value] if value else [])])
                if value:
                    self._targets(target)
            case ast.Expr(value=value):
                self._expressions([value], now=True)
                if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
                    self.changes |= set(_roots([value.func.value]))  # called for what it does
            case _:
                self._expressions(n for n in ast.iter_child_nodes(node) if isinstance(n, ast.expr))

    def _function(self, node: _FUNCTIONS) -> None:
        inner = _scope([node])
        self.later |= inner.later
        self.changes |= inner.global_stores

    def _targets(self, target: ast.expr) -> None:
        """What an assignment binds; `x[i] = …` and `x.a = …` change `x`, and read `i`."""
        for part in _flat(target):
            if isinstance(part, ast.Name):
                self.bound.add(part.id)
            else:
                self._expressions([part])
                self.changes |= set(_roots([part]))

    def _expressions(self, nodes: Iterable[ast.expr], *, now: bool = False) -> None:
        """Read the names of expressions; what `:=` binds in them is bound.

        With `now` nothing is kept of the values, so functions in them are called here or never.
        """
        inner = _scope(nodes)
        self.bound |= inner.walrus
        self.reads |= (inner.reads | inner.later if now else inner.reads) - self.bound
        self.later |= set() if now else inner.later
        self.changes |= inner.global_stores


@dataclass
class _Scope:
    """Names met in one scope, and in those inside it (`later`: in functions)."""

    stores: set[str]
    reads: set[str]
    later: set[str]
    walrus: set[str]
    global_stores: set[str]


def _scope(  # noqa: C901, PLR0912 - one case a kind of node
    nodes: Iterable[ast.AST], *, in_class: bool = False
) -> _Scope:
    """The names of nodes that share a scope; scopes inside are followed, their own names left out.

    Of functions only what they look up outside of them is told.
    """
    found = _Scope(set(), set(), set(), set(), set())
    declared: set[str] = set()
    stack: list[ast.AST] = list(nodes)
    while stack:
        node = stack.pop()
        match node:
            case ast.Name(id=name, ctx=ctx):
                (found.reads if isinstance(ctx, ast.Load) else found.stores).add(name)
            case ast.Global(names=names):
                declared.update(names)
            case ast.NamedExpr(target=target, value=value):
                found.walrus.add(target.id)
                found.stores.add(target.id)
                stack.append(value)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                if not isinstance(node, ast.Lambda):
                    found.stores.add(node.name)
                    stack += node.decorator_list
                stack += _outside(node)
                _take_function(found, node)
            case ast.ClassDef(name=name):
                found.stores.add(name)
                stack += [*node.decorator_list, *node.bases, *node.keywords]
                inner = _scope(node.body, in_class=True)
                found.reads |= inner.reads - inner.stores
                found.later |= inner.later
                found.global_stores |= inner.global_stores
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                _take_comprehension(found, node)
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                found.stores.update((a.asname or a.name).partition(".")[0] for a in names)
            case ast.ExceptHandler(name=str(name)):
                found.stores.add(name)
                stack += ast.iter_child_nodes(node)
            case ast.MatchAs() | ast.MatchStar() | ast.MatchMapping():
                found.stores |= _pattern_names(node)
                stack += ast.iter_child_nodes(node)
            case _:
                stack += ast.iter_child_nodes(node)
    found.global_stores |= found.stores & declared
    found.stores -= declared
    if not in_class:
        found.later -= found.stores
    return found


def _take_function(found: _Scope, node: _FUNCTIONS) -> None:
    body = [node.body] if isinstance(node, ast.Lambda) else node.body
    inner = _scope(body)
    own = inner.stores | _parameters(node.args)
    found.later |= (inner.reads | inner.later) - own
    found.global_stores |= inner.global_stores


def _take_comprehension(found: _Scope, node: _COMPREHENSIONS) -> None:
    inner = _scope(list(ast.iter_child_nodes(node)))
    own = inner.stores - inner.walrus
    found.reads |= inner.reads - own
    found.later |= inner.later - own
    found.walrus |= inner.walrus
    found.stores |= inner.walrus
    found.global_stores |= inner.global_stores


def _outside(node: _FUNCTIONS) -> list[ast.expr]:
    """What of a function runs where it is defined: defaults and annotations."""
    defaults = [d for d in (*node.args.defaults, *node.args.kw_defaults) if d]
    if isinstance(node, ast.Lambda):
        return defaults
    annotations = [a.annotation for a in _arguments(node.args) if a.annotation]
    return [*defaults, *annotations, *([node.returns] if node.returns else [])]


def _arguments(arguments: ast.arguments) -> Iterator[ast.arg]:
    yield from (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
    yield from (a for a in (arguments.vararg, arguments.kwarg) if a)


def _parameters(arguments: ast.arguments) -> set[str]:
    return {argument.arg for argument in _arguments(arguments)}


def _pattern_names(pattern: ast.AST) -> set[str]:
    names = set()
    for node in ast.walk(pattern):
        if isinstance(node, ast.MatchAs | ast.MatchStar) and node.name:
            names.add(node.name)
        if isinstance(node, ast.MatchMapping) and node.rest:
            names.add(node.rest)
    return names


def _flat(target: ast.expr) -> Iterator[ast.expr]:
    """The single targets of `a, (b, *c) = …`."""
    stack = [target]
    while stack:
        part = stack.pop()
        if isinstance(part, ast.Tuple | ast.List):
            stack += part.elts
        elif isinstance(part, ast.Starred):
            stack.append(part.value)
        else:
            yield part


def _roots(nodes: Iterable[ast.expr]) -> Iterator[str]:
    """`x` of `x`, `x.a.b`, `x[0].c` and `x.f().g`."""
    for node in nodes:
        root = node
        while isinstance(root, ast.Attribute | ast.Subscript | ast.Call):
            root = root.func if isinstance(root, ast.Call) else root.value
        if isinstance(root, ast.Name):
            yield root.id
