"""A real process that does nothing but seal, three licences to a block: `python -m tests.support.sealing_process`.

Settings come as JSON in the first argument: store, prefix of the databases, data directory and master key file.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from issuer.chain import seal_events
from issuer.chain.seal_events import ChainSealer
from issuer.node import open_chain, record_seal
from keys.master_key import MasterKey
from service.clock import SystemClock
from service.settings import Settings
from service.store import connect


def main() -> None:
    """Seal for ever; a line on standard output once it has begun."""
    given = json.loads(sys.argv[1])
    settings = Settings(
        data=Path(given["data"]),
        store_uri=given["store_uri"],
        database_prefix=given["database_prefix"],
        master_key_file=Path(given["master_key_file"]),
    )
    seal_events.LICENCES_OF_A_BLOCK = 3  # type: ignore[misc]
    master, database = MasterKey.load(settings.master_key_file), connect(settings, "issuer")
    sealer = ChainSealer(open_chain(database, master), record_seal(master))
    print("sealing", flush=True)
    while True:
        sealer.seal_waiting(SystemClock().now())


if __name__ == "__main__":
    main()
