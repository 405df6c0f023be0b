"""Strategies for ABI types and their values."""

from hypothesis import strategies as st

from primitives.abi import AbiType

ELEMENTARY = st.one_of(
    st.integers(1, 32).map(lambda n: f"uint{8 * n}"),
    st.integers(1, 32).map(lambda n: f"int{8 * n}"),
    st.integers(1, 32).map(lambda n: f"bytes{n}"),
    st.sampled_from(["bool", "address", "bytes", "string", "function"]),
)


def compound(inner):
    return st.one_of(
        inner.map(lambda kind: f"{kind}[]"),
        st.tuples(inner, st.integers(1, 3)).map(lambda pair: f"{pair[0]}[{pair[1]}]"),
        st.lists(inner, min_size=1, max_size=3).map(lambda kinds: f"({','.join(kinds)})"),
    )


TYPES = st.recursive(ELEMENTARY, compound, max_leaves=5)


def values_of(kind: AbiType) -> st.SearchStrategy:
    """Return a strategy of values of a parsed type."""
    if kind.item is not None:
        low, high = (0, 3) if kind.length is None else (kind.length, kind.length)
        return st.lists(values_of(kind.item), min_size=low, max_size=high).map(tuple)
    if kind.is_tuple:
        return st.tuples(*(values_of(component) for component in kind.components))
    name = kind.name
    if name.startswith("uint"):
        return st.integers(0, 2 ** int(name[4:]) - 1)
    if name.startswith("int"):
        bound = 2 ** (int(name[3:]) - 1)
        return st.integers(-bound, bound - 1)
    if name == "bytes":
        return st.binary(max_size=70)
    if name.startswith("bytes"):
        return st.binary(min_size=int(name[5:]), max_size=int(name[5:]))
    sizes = {"address": 20, "function": 24}
    if name in sizes:
        return st.binary(min_size=sizes[name], max_size=sizes[name])
    return st.booleans() if name == "bool" else st.text(max_size=40)
