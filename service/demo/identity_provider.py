"""The demo's identity provider: ``oidc-provider-mock`` with the demo's people, on loopback.

Run as ``python -m service.demo.identity_provider PORT``. It asks for no password and takes any client: it stands for a
national or provincial provider, and is never part of a node in production, where another provider is only
configuration (``ELICENCE_OIDC_ISSUER``).
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import warnings
from types import FrameType
from typing import Any

from service.demo.people import EVERYBODY


def create_provider() -> Any:
    """The provider's WSGI application, knowing :data:`service.demo.people.EVERYBODY`."""
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # it speaks http, on loopback only
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import oidc_provider_mock

        users = [
            oidc_provider_mock.User(
                sub=one.subject, claims={k: v for k, v in one.oidc_claims().items() if k != "sub"}
            )
            for one in EVERYBODY
        ]
        return oidc_provider_mock.app(user_claims=users)


def main() -> None:
    """Serve on loopback until SIGTERM."""
    from werkzeug.serving import make_server

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    warnings.simplefilter("ignore")
    server = make_server("127.0.0.1", int(sys.argv[1]), create_provider(), threaded=True)

    def stop(_: int, __: FrameType | None) -> None:
        sys.exit(0)

    signal.signal(signal.SIGTERM, stop)
    server.serve_forever()


if __name__ == "__main__":
    main()
