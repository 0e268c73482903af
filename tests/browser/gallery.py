"""A page that shows every component of the kit at once, served for the browser."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import render_template_string
from werkzeug.serving import make_server

from service.settings import ServiceName, Settings
from service.web.application import create_web_app
from service.web.kit import NavigationItem
from standards.text import Text

_WAITING = """{% extends "kit/base.html" %}{% import "kit/components.html" as ui with context %}
{% block content %}<h1>Waiting</h1>
{% call ui.region("state", "/waiting" if turn < 3 else none, 0.1) %}<p>{{ "arrived" if turn >= 3 else "waiting" }}</p>
{{ ui.copyable("a link", "Copy", id="link") if turn < 3 }}{% if turn >= 3 %}<form method="post" action="/send">{{ ui.button("Accept", key="Enter") }}</form>
<form method="post" action="/send">{{ ui.button("Refuse", key="R") }}</form>{% endif %}{% endcall %}
<label>Note <input type="text" id="note"></label>{% endblock %}"""


@contextmanager
def served_gallery(service: ServiceName, news: threading.Event | None = None) -> Iterator[str]:
    """Address of the gallery in the colours of one service; `/waiting` has its news at the third look, or once `news` is set."""
    navigation = [
        NavigationItem(Text("组件", "Components"), "gallery"),
        NavigationItem(Text("接口", "Interface"), "openapi.docs"),
    ]
    app = create_web_app("gallery", Settings(), service=service, errors={}, navigation=navigation)
    template = (Path(__file__).parent / "gallery.html").read_text(encoding="utf-8")
    app.add_url_rule("/", "gallery", lambda: render_template_string(template))
    asked = itertools.count()

    def turn() -> int:
        looked = next(asked)
        return looked if news is None else 3 if news.is_set() else 0

    app.add_url_rule("/waiting", "waiting", lambda: render_template_string(_WAITING, turn=turn()))
    sent = itertools.count(1)
    app.add_url_rule("/send", "send", lambda: f"<h1>sent {next(sent)}</h1>", methods=["POST"])
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
