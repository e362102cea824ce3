"""Mapper: from conflict reports to a map that can be defended."""

__version__ = "0.1.0"
