"""Files without doctests: the gallery's pieces are run by tests/conformance/test_gallery.py, and only Sphinx imports the others."""

collect_ignore_glob = ["gallery/*.py", "conf.py", "_sphinx/*.py", "_build/*", "reference/generated/*"]
