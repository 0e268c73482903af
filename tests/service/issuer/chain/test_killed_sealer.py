from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from dataclasses import replace

from issuer.chain.audit import audit_authority
from issuer.library.record_licence import new_serial
from issuer.library.store.bulk import BulkLicences
from issuer.node import record_seal
from standards.codes.licence_identifier import build_licence_identifier
from tests.service.issuer.chain.conftest import START, entries, events, new_sealer

LICENCES = 900


def start(settings):
    given = {
        "data": str(settings.data),
        "store_uri": settings.store_uri,
        "database_prefix": settings.database_prefix,
        "master_key_file": str(settings.master_key_file),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.sealing_process", json.dumps(given)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "sealing\n"
    return process


def test_a_sealer_that_is_killed_again_and_again_loses_and_repeats_nothing(node, authority, clerk, settings):
    """kill -9 at any instant, also between a block and its notes; another process goes on where it was."""
    (one,) = clerk.enter()
    licence = node.licences.find(one)
    bulk = BulkLicences(node.database, record_seal(node.master_key), lambda _: None)
    chance = random.Random(7)
    for _ in range(3):
        serials = [new_serial(START) for _ in range(LICENCES // 3)]
        identifiers = [
            build_licence_identifier(licence.type_code, authority, serial, 1) for serial in serials
        ]
        bulk.add([replace(licence, identifier=identifier) for identifier in identifiers])
        process = start(settings)
        try:
            wanted = node.blocks.head(authority).sequence + chance.randint(1, 40)
            while node.blocks.head(authority).sequence < wanted:
                time.sleep(0.001)
        finally:
            process.kill()
            process.wait(10)
            process.stdout.close()
    new_sealer(node).seal_authority(authority, START)
    found = entries(node, authority)
    assert len(found) == LICENCES + 1
    assert sorted(found) == sorted(events(node, authority))
    assert audit_authority(node.blocks, record_seal(node.master_key), authority).is_whole
