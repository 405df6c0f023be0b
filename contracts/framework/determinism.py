"""The determinism rule of contract code, checked on its syntax tree.

Every node must compute the same bytes from the same state, in every process and Python version we
support. So contract code has no floats, no true division, no order of a set, no hash() or id(), no
clock, randomness, IO or process state, no state outside storage, no limits of the host in its
control flow, nothing that depends on how Python was started or on its Unicode tables. Imports come
from a short list. This is a check of our own reviewed code, not a sandbox: a set that comes from
another module under another name is not seen.
"""

import ast
from dataclasses import dataclass
from typing import Final

from contracts.framework.set_names import is_set_expression, set_names

_ALLOWED_MODULE_NAMES: Final = (
    "ast collections contracts dataclasses enum functools inspect itertools json operator "
    "primitives types typing"
)
_BANNED_NAMES: Final = (
    "breakpoint compile complex delattr eval exec float globals hash id input locals open print "
    "round vars memoryview __import__ __builtins__ __debug__ __file__ __loader__"
)
_BANNED_ATTRIBUTES: Final = (
    "__builtins__ __code__ __globals__ __hash__ __import__ __loader__ __subclasses__ __truediv__ "
    "__rtruediv__ __pow__ as_integer_ratio popitem truediv itruediv"
)
_UNICODE_METHODS: Final = (
    "capitalize casefold isalnum isalpha isdecimal isdigit isidentifier islower isnumeric "
    "isprintable isspace istitle isupper lower swapcase title upper"
)
_MUTATORS: Final = (
    "add append appendleft clear discard extend insert pop popleft remove setdefault update"
)
_HOST_LIMITS: Final = (
    "BaseException Exception KeyboardInterrupt MemoryError OverflowError RecursionError "
    "RuntimeError SystemExit TimeoutError"
)
ALLOWED_MODULES: Final = frozenset(_ALLOWED_MODULE_NAMES.split(" "))
BANNED_NAMES: Final = frozenset(_BANNED_NAMES.split(" "))
BANNED_ATTRIBUTES: Final = frozenset(_BANNED_ATTRIBUTES.split(" "))
UNICODE_METHODS: Final = frozenset(_UNICODE_METHODS.split(" "))
STRIPS: Final = ("strip", "lstrip", "rstrip")
MUTATORS: Final = frozenset(_MUTATORS.split(" "))
HOST_LIMITS: Final = frozenset(_HOST_LIMITS.split(" "))
_ORDERED_CALLS: Final = (
    "accumulate bytearray bytes chain deque dict enumerate extend extendleft filter format "
    "from_iterable fromkeys iter join list map next reduce repr reversed str sum tuple zip"
)
ORDERED_CALLS: Final = frozenset(_ORDERED_CALLS.split(" "))
"""Functions and methods whose result depends on the order of what they take."""
ORDERED_BY_KEY: Final = ("max", "min", "sorted")
"""Free of order, unless a key makes different elements equal."""


@dataclass(frozen=True, slots=True)
class Hazard:
    """One place in the source where two nodes could differ."""

    line: int
    reason: str


def find_hazards(source: str, *, is_versioned: bool = True) -> list[Hazard]:
    """Return the determinism hazards of a module's source text, by line.

    ``is_versioned`` adds the rules for a contract's own folder, which the framework that builds
    interfaces from names cannot keep: no computed attribute names, no Unicode tables.

    Raises:
        SyntaxError: the text is not Python.
    """
    tree = ast.parse(source)
    visitor = _Visitor(set_names(tree), _module_names(tree), is_versioned=is_versioned)
    visitor.visit(tree)
    return sorted(visitor.hazards, key=lambda hazard: (hazard.line, hazard.reason))


class _Visitor(ast.NodeVisitor):
    def __init__(
        self, names: frozenset[str], module_names: frozenset[str], *, is_versioned: bool
    ) -> None:
        self.hazards: list[Hazard] = []
        self._set_names = names
        self._module_names = module_names
        self._is_versioned = is_versioned
        self._depth = 0

    def _report(self, node: ast.AST, reason: str) -> None:
        self.hazards.append(Hazard(getattr(node, "lineno", 0), reason))

    # --- numbers ----------------------------------------------------------------------------

    def visit_Constant(self, node: ast.Constant) -> None:
        if type(node.value).__name__ in ("float", "complex"):
            self._report(node, "float constant")

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if isinstance(node.op, ast.Div):
            self._report(node, "true division gives a float")
        if isinstance(node.op, ast.Pow) and isinstance(node.right, ast.UnaryOp):
            self._report(node, "negative exponent gives a float")
        if isinstance(node.op, ast.Mod) and self._is_set(node.right):
            self._report(node, "text of a set")
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.op, ast.Div):
            self._report(node, "true division gives a float")
        self._check_stored(node.target)
        self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        for operator, right in zip(node.ops, node.comparators, strict=True):
            if isinstance(operator, ast.Is | ast.IsNot) and _is_value(right):
                self._report(node, "identity of a value")
        self.generic_visit(node)

    # --- names and imports ------------------------------------------------------------------

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self._check_module(node, alias.name)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        self._check_module(node, node.module or "")
        for alias in node.names:
            if alias.name == "*":
                self._report(node, "import of everything")
            if alias.name in BANNED_ATTRIBUTES:
                self._report(node, f"use of {alias.name}")

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load) and node.id in BANNED_NAMES:
            self._report(node, f"use of {node.id}")

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if node.attr in BANNED_ATTRIBUTES:
            self._report(node, f"use of {node.attr}")
        self.generic_visit(node)

    def visit_Global(self, node: ast.Global) -> None:
        self._report(node, "global variable")

    def visit_Assert(self, node: ast.Assert) -> None:
        self._report(node, "assertion, which python -O leaves out")
        self.generic_visit(node)

    # --- state outside storage --------------------------------------------------------------

    def visit_Assign(self, node: ast.Assign) -> None:
        for target in node.targets:
            self._check_stored(target)
            if isinstance(target, ast.Tuple | ast.List):
                self._check_ordered(node.value)
        self.generic_visit(node)

    def visit_Delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            self._check_stored(target)
        self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._visit_function(node)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._visit_function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._report(node, "coroutine")
        self._visit_function(node)

    def visit_Await(self, node: ast.Await) -> None:
        self._report(node, "coroutine")
        self.generic_visit(node)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        if any(kind is None or _last_name(kind) in HOST_LIMITS for kind in kinds):
            self._report(node, "a limit of the host is caught")
        self.generic_visit(node)

    def _visit_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> None:
        for default in (*node.args.defaults, *node.args.kw_defaults):
            if _is_mutable(default):
                self._report(node, "mutable default value")
        self._depth += 1
        self.generic_visit(node)
        self._depth -= 1

    def _check_stored(self, target: ast.expr) -> None:
        """Report what a function keeps in its module or in a class."""
        if self._depth and isinstance(target, ast.Subscript | ast.Attribute):
            owner = target.value
            if isinstance(owner, ast.Name) and owner.id in self._module_names:
                self._report(target, "change of module state")
            elif isinstance(target, ast.Attribute) and _is_own_class(owner):
                self._report(target, "change of class state")

    # --- sets -------------------------------------------------------------------------------

    def visit_Call(self, node: ast.Call) -> None:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name == "pow" and len(node.args) == 2 and isinstance(node.args[1], ast.UnaryOp):
            self._report(node, "negative exponent gives a float")
        is_by_name = name in ("getattr", "setattr", "hasattr") and len(node.args) > 1
        if is_by_name and self._is_versioned and not isinstance(node.args[1], ast.Constant):
            self._report(node, f"{name} by a computed name")
        if isinstance(node.func, ast.Attribute):
            self._check_method(node, node.func)
        is_by_key = name in ORDERED_BY_KEY and len(node.keywords) > 0
        if is_by_key or _last_name(node.func) in ORDERED_CALLS:
            for argument in node.args:
                self._check_ordered(argument)
        self.generic_visit(node)

    def _check_method(self, node: ast.Call, method: ast.Attribute) -> None:
        if method.attr == "pop" and self._is_set(method.value):
            self._report(node, "pop from a set")
        is_strip = method.attr in STRIPS and not node.args
        if self._is_versioned and (method.attr in UNICODE_METHODS or is_strip):
            self._report(node, f"{method.attr}() reads Python's Unicode tables")
        owner = method.value
        is_shared = isinstance(owner, ast.Name) and owner.id in self._module_names
        if self._depth and is_shared and method.attr in MUTATORS:
            self._report(node, "change of module state")

    def visit_For(self, node: ast.For) -> None:
        self._check_ordered(node.iter)
        self.generic_visit(node)

    def visit_AsyncFor(self, node: ast.AsyncFor) -> None:
        self._report(node, "coroutine")
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        self._check_ordered(node.iter)
        self.generic_visit(node)

    def visit_Starred(self, node: ast.Starred) -> None:
        self._check_ordered(node.value)
        self.generic_visit(node)

    def visit_YieldFrom(self, node: ast.YieldFrom) -> None:
        self._check_ordered(node.value)
        self.generic_visit(node)

    def visit_FormattedValue(self, node: ast.FormattedValue) -> None:
        if self._is_set(node.value):
            self._report(node, "text of a set")
        self.generic_visit(node)

    def _check_module(self, node: ast.AST, module: str) -> None:
        if module.split(".", maxsplit=1)[0] not in ALLOWED_MODULES:
            self._report(node, f"import of {module}")

    def _check_ordered(self, node: ast.expr) -> None:
        if self._is_set(node):
            self._report(node, "order of a set")

    def _is_set(self, node: ast.expr) -> bool:
        return is_set_expression(node, self._set_names)


def _module_names(tree: ast.Module) -> frozenset[str]:
    """Return the names that the module itself binds to values and classes."""
    names: list[str] = []
    for node in tree.body:
        if isinstance(node, ast.Assign):
            names += [target.id for target in node.targets if isinstance(target, ast.Name)]
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.append(node.target.id)
        elif isinstance(node, ast.ClassDef):
            names.append(node.name)
    return frozenset(names)


def _is_mutable(node: ast.expr | None) -> bool:
    if isinstance(node, ast.Call):
        return _last_name(node.func) in ("bytearray", "defaultdict", "deque", "dict", "list", "set")
    return isinstance(
        node, ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp
    )


def _is_own_class(node: ast.expr) -> bool:
    """Answer whether an expression is ``type(x)`` or ``x.__class__``."""
    if isinstance(node, ast.Call):
        return _last_name(node.func) == "type"
    return isinstance(node, ast.Attribute) and node.attr == "__class__"


def _is_value(node: ast.expr) -> bool:
    is_singleton = isinstance(node, ast.Constant) and (
        node.value is None or node.value is ... or isinstance(node.value, bool)
    )
    return isinstance(node, ast.Constant | ast.Tuple | ast.JoinedStr) and not is_singleton


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
