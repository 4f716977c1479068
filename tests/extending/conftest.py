"""Makes the files that a user would write, and ``against_exact``, importable."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
