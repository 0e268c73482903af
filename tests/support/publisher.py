"""A publisher of signed lists on loopback whose answers a test can change, count, delay and withhold."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Publisher:
    """Answers GET from ``contents``; what is not there is 404."""

    def __init__(self) -> None:
        self.contents: dict[str, bytes] = {}
        self.asked: Counter[str] = Counter()
        self.gate = threading.Event()
        self.gate.set()
        self.origin = ""

    def publish(self, path: str, content: str | bytes) -> str:
        """Put a content at a path; answers its address."""
        self.contents[path] = content.encode() if isinstance(content, str) else content
        return self.origin + path


@contextmanager
def running_publisher() -> Iterator[Publisher]:
    """A publisher while the context lasts."""
    publisher = Publisher()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            publisher.asked[self.path] += 1
            publisher.gate.wait(10)
            content = publisher.contents.get(self.path)
            self.send_response(404 if content is None else 200)
            self.send_header("Content-Length", str(len(content or b"")))
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    publisher.origin = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield publisher
    finally:
        publisher.gate.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
