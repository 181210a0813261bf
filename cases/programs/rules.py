"""Loads the policies when Django starts (rules looks for a module of this name)."""

from cases.programs import policies

__all__ = ["policies"]
