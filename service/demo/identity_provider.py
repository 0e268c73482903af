"""The demo's identity provider: ``oidc-provider-mock`` with the demo's people, on loopback.

Run as ``python -m service.demo.identity_provider PORT [PROVINCE_PORT]``: the nation's, and a province's, which says of
everybody that it identified them less strongly and calls each by another ``sub``. It asks for no password and takes any client: it stands for a
national or provincial provider, and is never part of a node in production, where another provider is only
configuration (``ELICENCE_OIDC_ISSUER``).
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import warnings
from threading import Thread
from types import FrameType
from typing import Any

from service.demo.people import CITIZENS, EVERYBODY, PROVINCE_ACR


def create_provider(*, province: bool = False) -> Any:
    """The provider's WSGI application, knowing :data:`service.demo.people.EVERYBODY`; the province's knows citizens."""
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # it speaks http, on loopback only
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import oidc_provider_mock

        users = [
            oidc_provider_mock.User(
                sub=f"{one.subject}-province" if province else one.subject,
                claims={k: v for k, v in one.oidc_claims().items() if k != "sub"}
                | ({"acr": PROVINCE_ACR} if province else {}),
            )
            for one in (CITIZENS if province else EVERYBODY)
        ]
        return oidc_provider_mock.app(user_claims=users)


def _serve_province(port: int) -> None:
    """Beside the nation's, in a thread; without it where somebody else has the port, because nothing depends on it."""
    from werkzeug.serving import make_server

    try:
        # werkzeug would end the process over a port that is taken: the socket is ours.
        listening = socket.create_server(("127.0.0.1", port))
    except OSError:
        logging.getLogger(__name__).warning("port %s is taken: no province's provider", port)
        return
    server = make_server(
        "127.0.0.1", port, create_provider(province=True), threaded=True, fd=listening.detach()
    )
    Thread(target=server.serve_forever, daemon=True).start()


def main() -> None:
    """Serve on loopback until SIGTERM."""
    from werkzeug.serving import make_server

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    warnings.simplefilter("ignore")
    server = make_server("127.0.0.1", int(sys.argv[1]), create_provider(), threaded=True)
    if len(sys.argv) > 2:
        _serve_province(int(sys.argv[2]))

    def stop(_: int, __: FrameType | None) -> None:
        sys.exit(0)

    signal.signal(signal.SIGTERM, stop)
    server.serve_forever()


if __name__ == "__main__":
    main()
