"""Raw gazetteer data → the compiled gazetteer. Used at build time only: ``python -m mapper.sources FOLDER``.

FOLDER holds the unpacked packages that SOURCES.md names, one folder each.
"""
