"""The app's shell: manifest, service worker, and the page for when there is no network."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Final

import orjson
from flask import Blueprint, Response, render_template, url_for

from service.web.assets import asset
from service.web.language import t
from service.web.vendor import vendor_asset

SHELL_PAGES: Final = ("/code", "/offline")
"""Pages without anything personal in them, kept on the phone; scripts fill them from what the phone keeps."""

_STATIC: Final = Path(__file__).parent / "static"
_KIT_FILES: Final = ("tokens.css", "base.css", "components.css", "print.css", "kit.js", "icon-wallet.svg")
_MODULES: Final = ("code-page.mjs", "code-keeper.mjs", "code-store.mjs", "show-code.mjs", "offline.mjs")

blueprint = Blueprint(
    "shell", __name__, template_folder="templates", static_folder="static", static_url_path="/static/shell"
)


@blueprint.get("/wallet.webmanifest")
def manifest() -> Response:
    """What a phone needs to put the wallet on its home screen (W3C Web Application Manifest)."""
    name = t("我的证照", "My licences")
    code = t("亮证", "Show code")
    document = {
        "id": "/",
        "name": name,
        "short_name": name,
        "description": t("领取、保管和出示电子证照。", "Receive, keep and show electronic licences."),
        "lang": t("zh-CN", "en"),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "orientation": "portrait",
        "background_color": "#ffffff",
        "theme_color": "#15693f",
        "icons": [
            {"src": _icon("icon.svg"), "type": "image/svg+xml", "sizes": "any"},
            {"src": _icon("icon-192.png"), "type": "image/png", "sizes": "192x192"},
            {"src": _icon("icon-512.png"), "type": "image/png", "sizes": "512x512"},
            {
                "src": _icon("icon-maskable-512.png"),
                "type": "image/png",
                "sizes": "512x512",
                "purpose": "maskable",
            },
        ],
        "shortcuts": [
            {"name": code, "short_name": code, "url": url_for("showing.code")},
            {"name": t("扫一扫", "Scan"), "url": url_for("scanning.scan")},
        ],
    }
    return Response(orjson.dumps(document), mimetype="application/manifest+json")


@blueprint.get("/sw.js")
def service_worker() -> Response:
    """The service worker, told which files this version of the app consists of.

    A browser compares it byte by byte: any changed file makes it another one, and the phone fetches all anew.
    """
    script = (_STATIC / "service-worker.js").read_bytes()
    files = shell_files()
    modules = {path: _digest(path) for path in map(module_address, _MODULES)}
    version = hashlib.sha256(script + orjson.dumps([files, modules])).hexdigest()[:16]
    told: dict[str, Any] = {"version": version, "files": [*files, *modules], "pages": SHELL_PAGES}
    body = b"const SHELL = " + orjson.dumps(told) + b";\n" + script
    headers = {
        "Cache-Control": "no-cache",
        # The policy of data would forbid the worker to fetch.
        "Content-Security-Policy": "default-src 'none'; script-src 'self'; connect-src 'self'",
    }
    return Response(body, mimetype="text/javascript", headers=headers)


@blueprint.get("/offline")
def offline() -> str:
    """The first page without a network: the licences whose codes are on this phone."""
    return render_template("wallet/shell/offline.html")


def shell_files() -> list[str]:
    """Addresses of the files that the shell's pages name, each with its version."""
    files = [asset(f"kit/{name}") for name in _KIT_FILES]
    files += [asset("wallet.css", endpoint="licences.static"), url_for("licences.colours")]
    files += [asset("acting.css", endpoint="mandates.static")]
    files += [asset("shell.js", endpoint="shell.static"), asset("showing.css", endpoint="showing.static")]
    drawing = vendor_asset("lean-qr.mjs")
    return [*files, drawing] if drawing else files


def module_address(name: str) -> str:
    """Address of a script module: without a version, because modules name one another."""
    return url_for("showing.static", filename=name)


def _digest(address: str) -> str:
    path = Path(__file__).parent.parent / "showing" / "static" / address.rpartition("/")[2]
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def _icon(name: str) -> str:
    return asset(name, endpoint="shell.static")
