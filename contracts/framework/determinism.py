"""The determinism rule of contract code, checked on its syntax tree.

Every node must compute the same bytes from the same state, in every process and Python version we
support. So contract code has no floats, no true division, no iteration over sets, no hash() or
id(), no clock, randomness, IO or process state, and no ``global``. This is a check of our own
reviewed code, not a sandbox.
"""

import ast
from dataclasses import dataclass
from typing import Final

_BANNED_MODULE_NAMES: Final = (
    "asyncio datetime glob io locale logging math multiprocessing numba os pathlib platform random "
    "secrets select selectors shutil signal socket subprocess sys tempfile threading time urllib "
    "uuid weakref"
)
_BANNED_CALL_NAMES: Final = (
    "breakpoint compile complex delattr eval exec float globals hash id input locals open print "
    "round vars __import__"
)
BANNED_MODULES: Final = frozenset(_BANNED_MODULE_NAMES.split(" "))
BANNED_CALLS: Final = frozenset(_BANNED_CALL_NAMES.split(" "))
SET_MAKERS: Final = frozenset(("set", "frozenset"))


@dataclass(frozen=True, slots=True)
class Hazard:
    """One place in the source where two nodes could differ."""

    line: int
    reason: str


def find_hazards(source: str) -> list[Hazard]:
    """Return the determinism hazards of a module's source text, by line.

    Raises:
        SyntaxError: the text is not Python.
    """
    tree = ast.parse(source)
    visitor = _Visitor(_set_names(tree))
    visitor.visit(tree)
    return sorted(visitor.hazards, key=lambda hazard: (hazard.line, hazard.reason))


class _Visitor(ast.NodeVisitor):
    def __init__(self, set_names: frozenset[str]) -> None:
        self.hazards: list[Hazard] = []
        self._set_names = set_names

    def _report(self, node: ast.AST, reason: str) -> None:
        self.hazards.append(Hazard(getattr(node, "lineno", 0), reason))

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, float | complex):
            self._report(node, "float constant")

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if isinstance(node.op, ast.Div):
            self._report(node, "true division gives a float")
        if isinstance(node.op, ast.Pow) and isinstance(node.right, ast.UnaryOp):
            self._report(node, "negative exponent gives a float")
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.op, ast.Div):
            self._report(node, "true division gives a float")
        self.generic_visit(node)

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self._check_module(node, alias.name)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        self._check_module(node, node.module or "")

    def visit_Global(self, node: ast.Global) -> None:
        self._report(node, "global variable")

    def visit_Call(self, node: ast.Call) -> None:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name in BANNED_CALLS:
            self._report(node, f"call of {name}()")
        if name in ("list", "tuple", "iter", "next", "enumerate", "zip", "map", "sum", "dict"):
            for argument in node.args:
                self._check_iterated(argument)
        if isinstance(node.func, ast.Attribute):
            if node.func.attr == "join":
                for argument in node.args:
                    self._check_iterated(argument)
            if node.func.attr == "pop" and self._is_set(node.func.value):
                self._report(node, "pop from a set")
        self.generic_visit(node)

    def visit_For(self, node: ast.For) -> None:
        self._check_iterated(node.iter)
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        self._check_iterated(node.iter)
        self.generic_visit(node)

    def visit_Starred(self, node: ast.Starred) -> None:
        self._check_iterated(node.value)
        self.generic_visit(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._report(node, "coroutine")
        self.generic_visit(node)

    def _check_module(self, node: ast.AST, module: str) -> None:
        if module.split(".", maxsplit=1)[0] in BANNED_MODULES:
            self._report(node, f"import of {module}")

    def _check_iterated(self, node: ast.expr) -> None:
        if self._is_set(node):
            self._report(node, "iteration over a set")

    def _is_set(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Set | ast.SetComp):
            return True
        if isinstance(node, ast.Name):
            return node.id in self._set_names
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            return node.func.id in SET_MAKERS
        if isinstance(node, ast.BinOp) and isinstance(
            node.op, ast.BitAnd | ast.BitOr | ast.Sub | ast.BitXor
        ):
            return self._is_set(node.left) or self._is_set(node.right)
        return False


def _set_names(tree: ast.AST) -> frozenset[str]:
    """Return the names that are somewhere assigned a set, or annotated as one."""
    probe = _Visitor(frozenset())
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and probe._is_set(node.value):
            names.update(target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            if ast.unparse(node.annotation).startswith(("set", "frozenset")) or (
                node.value is not None and probe._is_set(node.value)
            ):
                names.add(node.target.id)
        elif (
            isinstance(node, ast.arg)
            and node.annotation is not None
            and ast.unparse(node.annotation).startswith(("set", "frozenset"))
        ):
            names.add(node.arg)
    return frozenset(names)
