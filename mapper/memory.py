"""How a process of ours keeps memory: what a run reads it keeps to its end."""

from __future__ import annotations

import atexit
import gc

# Our records form no cycles (a run over a thousand reports leaves none), a plug-in's may: looking through all that is
# kept for some costs a tenth of the time.
_RARELY = (500_000, 20, 100)


def collect_rarely() -> None:
    """Look for rubbish rarely, and not at all when the process ends and the system takes all of it back."""
    gc.set_threshold(*_RARELY)
    atexit.register(gc.freeze)
