"""The official vectors: ``$AITBC_VECTORS``, else ``../shared/vectors`` beside the checkout."""

import os
from pathlib import Path

import pytest

VECTORS = Path(os.environ.get("AITBC_VECTORS", Path(__file__).parents[2] / "shared" / "vectors"))


@pytest.fixture(scope="session")
def vectors() -> Path:
    """Return the folder of official vectors, or skip with a loud line."""
    if not VECTORS.is_dir():
        pytest.skip(f"OFFICIAL VECTORS ARE MISSING: {VECTORS}")
    return VECTORS
