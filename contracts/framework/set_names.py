"""Which expressions of a module are sets, as its own text tells; for the determinism rule."""

import ast
from typing import Final

SET_MAKERS: Final = ("frozenset", "set")
SET_RESULTS: Final = (
    "difference", "intersection", "symmetric_difference", "union",
)  # fmt: skip
KEY_VIEWS: Final = ("items", "keys")
SET_OPERATORS: Final = (ast.BitAnd, ast.BitOr, ast.Sub, ast.BitXor)
SET_TYPES: Final = ("AbstractSet", "FrozenSet", "MutableSet", "Set", "frozenset", "set")


def is_set_expression(node: ast.expr, names: frozenset[str]) -> bool:
    """Answer whether an expression is a set, given the names (variables, functions) that are."""
    if isinstance(node, ast.Set | ast.SetComp):
        return True
    if isinstance(node, ast.Name):
        return node.id in names
    if isinstance(node, ast.Attribute):
        return "." + node.attr in names
    if isinstance(node, ast.NamedExpr):
        return is_set_expression(node.value, names)
    if isinstance(node, ast.IfExp):
        return any(is_set_expression(part, names) for part in (node.body, node.orelse))
    if isinstance(node, ast.BoolOp):
        return any(is_set_expression(part, names) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, SET_OPERATORS):
        sides = (node.left, node.right)
        return any(is_set_expression(side, names) or _is_key_view(side) for side in sides)
    return isinstance(node, ast.Call) and _is_set_call(node.func, names)


def set_names(tree: ast.AST) -> frozenset[str]:
    """Return the names that are somewhere assigned a set, annotated as one or give one.

    Names of attributes begin with a dot.
    """
    names: list[str] = []
    for _ in range(3):  # a name may take its set from another one
        known = frozenset(names)
        for node in ast.walk(tree):
            names += _bound(node, known)
    return frozenset(names)


def _bound(node: ast.AST, known: frozenset[str]) -> list[str]:
    """Return the names that one statement makes a set."""
    if isinstance(node, ast.Assign) and is_set_expression(node.value, known):
        return [name for target in node.targets for name in _names(target)]
    if isinstance(node, ast.NamedExpr) and is_set_expression(node.value, known):
        return _names(node.target)
    if isinstance(node, ast.AnnAssign):
        is_set = node.value is not None and is_set_expression(node.value, known)
        return _names(node.target) if is_set or _is_set_type(node.annotation) else []
    if isinstance(node, ast.FunctionDef) and _is_set_type(node.returns):
        return [node.name, "." + node.name]
    if isinstance(node, ast.ClassDef):
        return ["." + name for part in node.body for name in _bound(part, known)]
    if isinstance(node, ast.arguments):
        return _parameters(node, known)
    return []


def _parameters(node: ast.arguments, known: frozenset[str]) -> list[str]:
    plain = (*node.posonlyargs, *node.args)
    found = [
        argument.arg for argument in (*plain, *node.kwonlyargs) if _is_set_type(argument.annotation)
    ]
    pairs = (
        *zip(plain[len(plain) - len(node.defaults) :], node.defaults, strict=True),
        *zip(node.kwonlyargs, node.kw_defaults, strict=True),
    )
    for argument, default in pairs:
        if default is not None and is_set_expression(default, known):
            found.append(argument.arg)
    return found


def _names(target: ast.expr) -> list[str]:
    if isinstance(target, ast.Name):
        return [target.id]
    return ["." + target.attr] if isinstance(target, ast.Attribute) else []


def _is_set_type(annotation: ast.expr | None) -> bool:
    """Answer whether an annotation is a set type, or a union with one."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        annotation = ast.parse(annotation.value, mode="eval").body
    if isinstance(annotation, ast.BinOp):
        return _is_set_type(annotation.left) or _is_set_type(annotation.right)
    if isinstance(annotation, ast.Subscript):
        name = _last(annotation.value)
        if name in ("Annotated", "ClassVar", "Final", "Optional"):
            inner = annotation.slice
            return _is_set_type(inner.elts[0] if isinstance(inner, ast.Tuple) else inner)
        return name in SET_TYPES
    return annotation is not None and _last(annotation) in SET_TYPES


def _is_set_call(function: ast.expr, names: frozenset[str]) -> bool:
    if isinstance(function, ast.Name):
        return function.id in SET_MAKERS or function.id in names
    if not isinstance(function, ast.Attribute):
        return False
    is_of_set = is_set_expression(function.value, names)
    return (
        function.attr in SET_RESULTS
        or "." + function.attr in names
        or (function.attr == "copy" and is_of_set)
    )


def _is_key_view(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in KEY_VIEWS
    )


def _last(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
