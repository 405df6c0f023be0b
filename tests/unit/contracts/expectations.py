"""What tests expect of a revert."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from contracts.errors import Revert
from primitives.abi import selector


@contextmanager
def reverts(signature: str) -> Iterator[None]:
    """Expect a custom error by its selector, whatever its values."""
    with pytest.raises(Revert) as info:
        yield
    assert info.value.data[:4] == selector(signature), str(info.value)
