"""Staff at the console: real sessions of the real session store."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from issuer.node import IssuerNode
from issuer.staff import StaffRole, enrol_staff
from service.demo.people import CITIZENS, STAFF, DemoPerson
from service.web.csrf import csrf_token_of
from service.web.sign_in import Person
from service.web.sign_in.store import SessionStore
from tests.service.issuer.conftest import MARKET, POLICE
from tests.support.clock import START

CLERK, APPROVER, WINDOW_CLERK, WINDOW_APPROVER = STAFF


class Staff:
    """A browser of a signed-in member of staff; forms carry the proof that the page gave them."""

    def __init__(self, client: FlaskClient, csrf: str) -> None:
        self._client = client
        self._csrf = csrf

    def get(self, path: str, status: int = 200) -> str:
        answer = self._client.get(path, headers={"Accept": "text/html"})
        assert answer.status_code == status, answer.get_data(as_text=True)
        return unescape(answer.get_data(as_text=True))

    def post(self, path: str, status: int = 200, *, csrf: str | None = None, **form: str) -> str:
        data = {"csrf_token": self._csrf if csrf is None else csrf, **form}
        answer = self._client.post(path, data=data, headers={"Accept": "text/html"}, follow_redirects=True)
        assert answer.status_code == status, answer.get_data(as_text=True)
        return unescape(answer.get_data(as_text=True))

    def download(self, path: str, **form: str) -> Any:
        """The answer to a form that leads to a file."""
        return self._client.post(
            path, data={"csrf_token": self._csrf, **form}, headers={"Accept": "text/html"}
        )


@pytest.fixture(scope="module")
def sign_in(app: Flask, node: IssuerNode) -> Callable[[DemoPerson], Staff]:
    for member, roles, authorities in (
        (CLERK, (StaffRole.CLERK,), (MARKET, POLICE)),
        (APPROVER, (StaffRole.APPROVER, StaffRole.CLERK), (POLICE,)),
        (WINDOW_CLERK, (StaffRole.AUDITOR,), (POLICE,)),
        (WINDOW_APPROVER, (StaffRole.ADMINISTRATOR,), (POLICE,)),
    ):
        for authority in authorities:
            enrol_staff(
                node.staff,
                node.authorities,
                authority=authority.uscc,
                code_type=member.code_type,
                number=member.number,
                name=member.name,
                roles=roles,
                at=START,
            )
    sessions = SessionStore(node.database, node.master_key.envelope("sign-in session"))

    def begin(one: DemoPerson) -> Staff:
        person = Person(one.code_type, one.number, one.name, one.subject, "https://provider.example", "")
        token = sessions.begin(person, START)
        client = app.test_client()
        client.set_cookie("elicence_issuer", token, domain="localhost")
        return Staff(client, csrf_token_of(token))

    return begin


@pytest.fixture
def clerk(sign_in: Any) -> Staff:
    """A clerk who has changed to the police."""
    staff: Staff = sign_in(CLERK)
    staff.post("/post", authority=POLICE.uscc)
    return staff


@pytest.fixture
def approver(sign_in: Any) -> Staff:
    return sign_in(APPROVER)


@pytest.fixture
def auditor(sign_in: Any) -> Staff:
    return sign_in(WINDOW_CLERK)


@pytest.fixture
def administrator(sign_in: Any) -> Staff:
    return sign_in(WINDOW_APPROVER)


@pytest.fixture
def citizen(sign_in: Any) -> Staff:
    return sign_in(CITIZENS[0])


@pytest.fixture
def path(police: Any, driving: dict[str, Any]) -> str:
    """The page of a fresh driving licence."""
    return f"/licences/{police.post('/api/v1/licences', driving).get_json()['identifier']}"


def proposal_of(page: str) -> str:
    """Number of the open proposal's event, from the form of the page."""
    found = re.search(r"/proposals/(\d+)", page)
    assert found
    return found[1]
