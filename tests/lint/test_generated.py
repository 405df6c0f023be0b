"""The generated pages and interfaces in docs/contracts are those of the present declarations."""

from pathlib import Path

import pytest

from aitbc.commands.contracts import generated_files

FOLDER = Path(__file__).parents[2] / "docs" / "contracts"
FILES = dict(generated_files())


@pytest.mark.parametrize("path", sorted(FILES))
def test_a_generated_file_is_current(path):
    assert (FOLDER / path).read_text() == FILES[path], "run: make docs"


def test_nothing_else_lies_there():
    found = {str(p.relative_to(FOLDER)) for p in FOLDER.rglob("*") if p.is_file()}
    assert found == set(FILES)
