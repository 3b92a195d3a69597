"""Allocates memory once before measurements: in a virtual machine the first use of a page is slow.

That first use takes 12 µs a page where it was measured, and would be counted against whichever server grows: so as much
as they all need is used once before, and given back.
"""

from __future__ import annotations

import mmap
import os
import subprocess
import sys

MOST_BYTES = 18 * 2**30


def allocate_once() -> None:
    """Use half of the free memory, at most 8 GiB, in a process that then ends."""
    subprocess.run([sys.executable, "-m", __name__], check=True)


def _allocate(size: int) -> None:
    populate = getattr(mmap, "MAP_POPULATE", 0)
    with mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | populate) as memory:
        for place in range(0, size, mmap.PAGESIZE):
            memory[place] = 1


if __name__ == "__main__":
    free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    _allocate(min(MOST_BYTES, free * 9 // 10))
