"""``python -m aitbc``."""

from aitbc.cli import main

main()
