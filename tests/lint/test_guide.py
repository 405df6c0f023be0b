"""The guide shows the example files as they are; its contract has forty lines."""

import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
BLOCKS = re.findall(
    r"```python\n(.*?)```", (DOCS / "write-a-native-contract.md").read_text(), re.DOTALL
)


def test_the_guide_shows_the_contract_and_its_test_as_they_are_run():
    assert [(DOCS / "examples" / name).read_text() for name in ("jar.py", "test_jar.py")] == BLOCKS


def test_the_contract_of_the_guide_has_forty_lines():
    assert len(BLOCKS[0].splitlines()) == 40
