"""The gallery's pieces are scripts: tests/conformance/test_gallery.py runs them, and nothing is to import them for their doctests."""

collect_ignore_glob = ["gallery/*.py"]
