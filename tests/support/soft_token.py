"""A token of SoftHSM2 in a directory of the test: a real PKCS#11 module without the hardware."""

from __future__ import annotations

import atexit
import os
import secrets
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from keys.pkcs11 import TokenAddress

_PLACES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm2.so",
)
SOFT_TOKEN: Path | None = next(
    (Path(place) for place in _PLACES if Path(place).exists() and shutil.which("softhsm2-util")), None
)
"""The module, or ``None`` where SoftHSM2 is not installed."""


@cache
def the_soft_token() -> TokenAddress:
    """This process's token, with a random PIN; the process and its children find it.

    One for the whole process: the module reads its configuration once, while each child reads it anew, so a second
    token would be seen by the children alone. Tests keep apart by the labels of their keys.
    """
    assert SOFT_TOKEN is not None
    directory = Path(tempfile.mkdtemp(prefix="elicence-token-"))
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    tokens, configuration, pin_file = directory / "tokens", directory / "softhsm2.conf", directory / "pin"
    tokens.mkdir(mode=0o700)
    configuration.write_text(
        f"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    os.environ["SOFTHSM2_CONF"] = str(configuration)
    pin_file.touch(mode=0o600)
    pin_file.write_text(secrets.token_hex(8))
    subprocess.run(
        ["softhsm2-util", "--init-token", "--free", "--label", "elicence",
         "--so-pin", secrets.token_hex(8), "--pin", pin_file.read_text()],
        check=True, capture_output=True, timeout=30,
    )  # fmt: skip
    return TokenAddress("elicence", "node-1", SOFT_TOKEN, pin_file)
