"""A device at a window, as far as the window sees it: a browser with a key that it proves."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient

from keys.local_signer import LocalSigner
from standards.jose import build_jws
from tests.support.trust_world import new_signer
from verifier.terminals.device_session import ENROLMENT_TYP, SESSION_TYP

ORIGIN = "http://localhost"


@dataclass
class Device:
    """A browser before or after it was enrolled."""

    client: FlaskClient
    key: LocalSigner = field(default_factory=lambda: new_signer("device"))
    terminal: str = ""
    csrf: str = ""
    """Of a member of staff who is signed in at the device."""

    def page(self, path: str) -> Any:
        return self.client.get(path, headers={"Accept": "text/html"})

    def submit(self, path: str, **fields: Any) -> Any:
        return self.client.post(path, data=fields, headers={"Accept": "text/html", "Origin": ORIGIN})

    def proof(self, typ: str, nonce: str, *, audience: str = ORIGIN, key: LocalSigner | None = None) -> str:
        return build_jws(
            {"alg": "ES256", "typ": typ}, {"aud": audience, "nonce": nonce}, (key or self.key).sign
        )

    def enrol(self, code: str, **forged: Any) -> Any:
        plain = re.sub(r"[^0-9A-Z]", "", code.upper().removeprefix("ELT1:"))
        answer = self.client.post(
            "/terminal/enrol",
            json={
                "code": code,
                "key": self.key.public_jwk.to_dict(),
                "proof": self.proof(ENROLMENT_TYP, plain),
                **forged,
            },
        )
        if answer.status_code == 201:
            self.terminal = answer.json["id"]
        return answer

    def challenge(self) -> str:
        return str(self._post("/terminal/challenge", {}).json["challenge"])

    def prove(self, challenge: str | None = None, **forged: Any) -> Any:
        given = challenge or self.challenge()
        body = {
            "terminal": self.terminal,
            "challenge": given,
            "proof": self.proof(SESSION_TYP, given),
            **forged,
        }
        return self._post("/terminal/session", body)

    def _post(self, path: str, body: dict[str, Any]) -> Any:
        return self.client.post(path, json=body, headers={"X-CSRF-Token": self.csrf})


def code_on(page: Any) -> str:
    """The enrolment code that an administrator's page shows."""
    found = re.search(r'id="enrolment-code">([0-9A-Z]{5}-[0-9A-Z]{5})<', page.text)
    assert found, page.text
    return found[1]
