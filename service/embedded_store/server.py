"""Start and stop the embedded store: one real ``mongod`` as a replica set of one member, on this machine only."""

from __future__ import annotations

import subprocess
from pathlib import Path
from time import monotonic, sleep
from types import TracebackType
from typing import Any, Self

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from service.embedded_store.address import REPLICA_SET, USER, StoreLayout, store_uri
from service.embedded_store.binary import find_binary
from service.embedded_store.errors import EmbeddedStoreStartError
from service.embedded_store.secrets_on_disk import port_is_free, prepare
from service.embedded_store.sentinel import check_mark, expected_mark
from service.processes.bound import end, start_bound
from standards.text import Text

_START_SECONDS = 60.0
"""Measured 0.5 s; after a crash the journal is replayed first, at most two checkpoints' worth (a minute)."""

_STOP_SECONDS = 20.0

_LONG_LOG_BYTES = 16 * 1024 * 1024

_ALREADY_INITIALISED = 23  # MongoDB error code AlreadyInitialized
_AUTHENTICATION_FAILED = 18  # AuthenticationFailed
_ROLES = ("readWriteAnyDatabase", "dbAdminAnyDatabase")
"""What the services need: documents and indexes. Not the roles over users, the set or the server itself."""


class EmbeddedStore:
    """A running embedded store. Use as a context manager, or call :meth:`stop`."""

    def __init__(self, data: Path, *, extra_arguments: tuple[str, ...] = ()) -> None:
        """Name the store; nothing is started.

        Args:
            data: the node's data directory; the store lives in ``store`` below it.
            extra_arguments: further arguments of ``mongod``, for tests of failure.
        """
        self.layout = StoreLayout.of_node(data)
        self._extra = extra_arguments
        self._process: subprocess.Popen[bytes] | None = None
        self._uri = ""

    @property
    def uri(self) -> str:
        """Address with the user's password; empty before :meth:`start`."""
        return self._uri

    @property
    def process(self) -> subprocess.Popen[bytes] | None:
        """The running server."""
        return self._process

    def start(self) -> str:
        """Start the server, complete its set-up on the first start, and check that the data are the ones expected.

        Returns:
            The address for ``ELICENCE_STORE_URI``.

        Raises:
            EmbeddedStoreError: one of its classes; nothing is left running.
        """
        binary = find_binary()
        expected = expected_mark(self.layout)
        port, password = prepare(self.layout)
        if not self._wait_for_port(port):
            raise EmbeddedStoreStartError(
                f"内置存储的端口 {port} 已被占用。",
                f"The embedded store's port {port} is in use.",
                where=str(self.layout.port_file),
                next_step=Text(
                    "可能同一数据目录的节点已在运行；请先停止它。",
                    "Perhaps the node of this data directory runs already; stop it first.",
                ),
            )
        _set_long_log_aside(self.layout.log_file)
        self._process = start_bound(
            self._command(binary, port),
            # No proxy, no preload, no locale of whoever started us reaches the server.
            environment={"PATH": "/usr/bin:/bin", "HOME": str(self.layout.directory), "LC_ALL": "C"},
            log=None,
        )
        try:
            self._set_up(port, password, expected)
        except BaseException:
            self.stop()
            raise
        self._uri = store_uri(port, password)
        return self._uri

    def stop(self) -> None:
        """Stop the server cleanly; nothing happens when it does not run."""
        if self._process is not None:
            end(self._process, patience_seconds=_STOP_SECONDS)
            self._process = None
            self.layout.pid_file.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _wait_for_port(self, port: int) -> bool:
        """Whether the port is free; a server that lost its starter (its pid file is there) is given time to end."""
        deadline = monotonic() + (_STOP_SECONDS if self.layout.pid_file.exists() else 0)
        while not port_is_free(port):
            if monotonic() > deadline:
                return False
            sleep(0.1)
        return True

    def _command(self, binary: Path, port: int) -> list[str]:
        return [
            str(binary),
            "--dbpath", str(self.layout.database_files),
            "--port", str(port),
            "--bind_ip", "127.0.0.1",
            "--replSet", REPLICA_SET,
            "--keyFile", str(self.layout.key_file),
            "--networkMessageCompressors", "disabled",  # CVE-2025-14847: uninitialised memory in zlib messages
            "--noscripting",  # no server-side JavaScript
            "--nounixsocket",  # a socket in /tmp would be left behind by a kill -9
            "--wiredTigerCacheSizeGB", "0.25",
            "--oplogSize", "256",
            "--logpath", str(self.layout.log_file),
            "--logappend",
            "--pidfilepath", str(self.layout.pid_file),
            # A set of one has nobody to hand over to, so a shutdown need not wait for it (default 15 s).
            "--setParameter", "shutdownTimeoutMillisForSignaledShutdown=100",
            # The data sit on the demo's own disk; nothing is sent or collected beside them.
            "--setParameter", "diagnosticDataCollectionEnabled=false",
            *self._extra,
        ]  # fmt: skip

    def _set_up(self, port: int, password: str, expected: str | None) -> None:
        deadline = monotonic() + _START_SECONDS
        with _client(port) as stranger:
            self._wait_for_answer(stranger, deadline)
            if expected is None:
                _initiate(stranger, port)
            self._wait_for_primary(stranger, deadline)
            if expected is None and not _can_sign_in(port, password):
                # Allowed once without a user, from this machine (manual, "localhost exception").
                stranger.admin.command("createUser", USER, pwd=password, roles=list(_ROLES))
        with _client(port, username=USER, password=password, authSource="admin") as ours:
            check_mark(ours, self.layout, expected)

    def _wait_for_answer(self, client: MongoClient[dict[str, Any]], deadline: float) -> None:
        while True:
            try:
                client.admin.command("ping")
            except PyMongoError as error:
                self._give_up_when(deadline, error)
            else:
                return

    def _wait_for_primary(self, client: MongoClient[dict[str, Any]], deadline: float) -> None:
        while True:
            try:
                if client.admin.command("hello").get("isWritablePrimary"):
                    return
                cause: Exception = TimeoutError()
            except PyMongoError as error:
                cause = error
            self._give_up_when(deadline, cause)

    def _give_up_when(self, deadline: float, cause: Exception) -> None:
        code = self._process.poll() if self._process is not None else -1
        if code is not None or monotonic() > deadline:
            log = self.layout.log_file
            raise EmbeddedStoreStartError(
                "内置存储没有启动成功。",
                "The embedded store did not start.",
                where=str(log),
                next_step=Text(f"原因见日志 {log}。", f"The reason stands in its log, {log}."),
            ) from cause
        sleep(0.02)


def _set_long_log_aside(log: Path) -> None:
    if log.exists() and log.stat().st_size > _LONG_LOG_BYTES:
        log.replace(log.with_suffix(".log.before"))


def _client(port: int, **options: Any) -> MongoClient[dict[str, Any]]:
    return MongoClient(
        "127.0.0.1",
        port,
        directConnection=True,
        serverSelectionTimeoutMS=500,
        w="majority",
        journal=True,
        appname="elicence-store",
        **options,
    )


def _initiate(client: MongoClient[dict[str, Any]], port: int) -> None:
    member = {"_id": 0, "host": f"127.0.0.1:{port}"}
    # An election without rivals needs no patience; the defaults are for networks.
    configuration = {"_id": REPLICA_SET, "members": [member], "settings": {"electionTimeoutMillis": 1000}}
    try:
        client.admin.command("replSetInitiate", configuration)
    except OperationFailure as error:
        # Killed on its first start, the set may be complete and only our sentinel missing. Then it asks who we are.
        if error.code not in {_ALREADY_INITIALISED, 13}:
            raise


def _can_sign_in(port: int, password: str) -> bool:
    try:
        with _client(port, username=USER, password=password, authSource="admin") as client:
            client.admin.command("connectionStatus")
    except OperationFailure as error:
        if error.code == _AUTHENTICATION_FAILED:
            return False
        raise
    return True
