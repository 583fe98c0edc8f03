"""Makers of the signature vectors; `generate.py` runs them. See SOURCES.md."""
