"""A Flask application behind a real socket on loopback, in a thread of this process."""

from __future__ import annotations

import threading

from flask import Flask
from werkzeug.serving import make_server


class ServedApp:
    """Serves from construction until ``close``."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self._server = make_server("127.0.0.1", 0, app, threaded=True)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def origin(self) -> str:
        """A host name, because certificates name hosts."""
        return f"http://localhost:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join(5)
        self._server.server_close()
