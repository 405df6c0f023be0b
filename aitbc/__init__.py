"""The command line of the AITBC node."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("aitbc")
except PackageNotFoundError:  # a source tree that was never installed
    __version__ = "0+source"
