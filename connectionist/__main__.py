"""``python -m connectionist`` runs the command line."""

from __future__ import annotations

import sys

from connectionist_launcher import main

if __name__ == "__main__":
    sys.exit(main())
