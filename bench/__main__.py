"""`python -m bench [PART …] [--record]`: how fast the sandbox is, beside others and for itself.

Parts: peers (the sandbox beside other servers under load), starts, many (people), sandboxes, conformance (the
harness), journal (reading it), console (its stream and its page), residue (of a person), soak (memory under clients
that behave badly), cluster (shared sandboxes); all of them without an argument. `--record` writes bench/RESULTS.md.
`python -m bench store [N …]` measures the store alone.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence

from bench import memory, results, store
from bench.claims import table
from bench.contenders import ALL as CONTENDERS
from bench.parts import ALL
from bench.plan import Plan


def main(arguments: Sequence[str]) -> int:
    if arguments[:1] == ["store"]:
        store.main(arguments[1:])
        return 0
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(ALL)}")
    parser.add_argument("--only", nargs="+", default=list(CONTENDERS), metavar="SERVER", choices=CONTENDERS)
    parser.add_argument("--seconds", type=int, default=3, help="of load a round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--record", action="store_true", help=f"write {results.FILE.name}")
    chosen = parser.parse_args(arguments)
    unknown = [name for name in chosen.parts if name not in ALL]
    if unknown:
        parser.error(f"there is no part {unknown[0]}; there are {', '.join(ALL)}, and store")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # the servers end with this, however it ends
    memory.allocate_once()
    plan = Plan(chosen.seconds, chosen.rounds, chosen.only)
    found = []
    for name in chosen.parts or ALL:
        print(f"{name} …", file=sys.stderr)
        try:
            found.append(ALL[name](plan))
        except RuntimeError as error:
            print(f"{name}: not measured: {error}", file=sys.stderr)
            continue
        print("\n".join(table(found[-1].claims)), file=sys.stderr)
    text = results.text(found, plan)
    print(text)
    if chosen.record:
        results.FILE.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
