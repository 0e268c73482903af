"""The code as the page's script makes it, held against the vectors of the format and against Python's reader."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from standards.cwt.cbor import decode_cbor
from standards.jose import parse_public_jwk
from standards.show_code import parse_show_code, verify_show_code

_ROOT = Path(__file__).parents[3]
_VECTORS = _ROOT / "tests/vectors/show_code/vectors.json"
_MODULE = _ROOT / "wallet/showing/static/show-code.mjs"


@pytest.fixture(scope="module")
def vectors() -> dict[str, Any]:
    return json.loads(_VECTORS.read_text())


@pytest.fixture(scope="module")
def made() -> list[dict[str, str]]:
    path = os.pathsep.join((os.environ["PATH"], str(Path(sys.executable).parent)))
    node = shutil.which("node", path=path)
    if node is None:
        pytest.skip("no Node.js on this machine")
    script = Path(__file__).with_name("phone_code.mjs")
    done = subprocess.run(
        [node, script, _MODULE.as_uri(), _VECTORS], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_phone_makes_the_bytes_of_the_vectors(made: list[dict[str, str]], vectors: dict[str, Any]) -> None:
    assert len(made) == len(vectors["codes"])
    for phone, vector in zip(made, vectors["codes"], strict=True):
        assert phone["signing_input"] == vector["code_signing_input"]
        assert phone["id"] == vector["code_id"]
        assert phone["text"] == vector["text"]


def test_phone_writes_the_payload_like_python(made: list[dict[str, str]], vectors: dict[str, Any]) -> None:
    for phone in made:
        assert decode_cbor(bytes.fromhex(phone["payload"])) == [vectors["at"] + 8, bytes(range(1, 9))]


def test_python_accepts_what_the_phone_signs(made: list[dict[str, str]], vectors: dict[str, Any]) -> None:
    at = datetime.fromtimestamp(vectors["at"], UTC)
    for phone in made:
        code = parse_show_code(phone["fresh"])
        verified = verify_show_code(
            code, holder_key=parse_public_jwk(vectors["keys"]["holder"]["public"]), at=at
        )
        assert (verified.made_at, verified.code_id) == (at, phone["fresh_id"])
        assert not phone["fresh"].endswith(" ")
