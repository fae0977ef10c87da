"""The version of gradmark."""

__version__ = "0.1.0"
