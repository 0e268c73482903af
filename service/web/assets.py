"""The kit's own files: addresses that change with the content, so that browsers may keep them for a year."""

from __future__ import annotations

import hashlib
from pathlib import Path

from flask import Flask, Response, current_app, request, url_for

from service.web.kit import current_kit

_YEAR_SECONDS = 365 * 24 * 3600


def asset(path: str, *, endpoint: str = "static") -> str:
    """The address of a file in the static folder, for example ``kit/base.css`` (template global).

    Args:
        path: below the application's (or, with ``endpoint="wallet_app.static"``, a blueprint's) static folder.
        endpoint: the Flask endpoint that serves it.
    """
    return url_for(endpoint, filename=path, v=_version(endpoint, path))


def _version(endpoint: str, path: str) -> str:
    versions = current_kit().asset_versions
    key = f"{endpoint}:{path}"
    if key not in versions:
        owner = current_app.blueprints[endpoint.rpartition(".")[0]] if "." in endpoint else current_app
        content = (Path(owner.static_folder or "") / path).read_bytes()
        versions[key] = hashlib.sha256(content).hexdigest()[:12]
    return versions[key]


def keep_versioned(response: Response, endpoint: str) -> None:
    """Let browsers keep a file whose address names its version; another content will have another address."""
    if endpoint.endswith("static") and response.status_code == 200 and "v" in request.args:
        response.headers["Cache-Control"] = f"public, max-age={_YEAR_SECONDS}, immutable"


def install_assets(app: Flask) -> None:
    """Give templates ``asset(path)``."""
    app.jinja_env.globals.update(asset=asset)
