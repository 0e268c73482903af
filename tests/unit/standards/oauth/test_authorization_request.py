"""The authorisation request, pushed, and its answer through the browser."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from standards.oauth import (
    ATTESTED_CLIENT,
    AuthorizationRequest,
    AuthorizationResponse,
    AuthorizationServerMetadata,
    InvalidAuthorizationDetailsError,
    InvalidAuthorizationResponseError,
    InvalidRequestError,
    UnsupportedResponseTypeError,
    build_authorization_response_url,
    build_authorization_url,
    build_code_challenge,
    parse_authorization_request,
    parse_authorization_response,
    parse_authorization_server_metadata,
    parse_pushed_response,
)
from standards.openid4vci import (
    AuthorizationDetail,
    CodeTokenRequest,
    DeferredResponse,
    InvalidCredentialRequestError,
    InvalidTokenResponseError,
    TokenResponse,
    build_deferred_response,
    build_request_for_identifier,
    parse_authorization_details,
    parse_code_token_request,
    parse_credential_request,
    parse_credential_response,
    parse_deferred_request,
    parse_token_response,
)

ISSUER = "https://issuer.example/authorities/1"
DETAIL = AuthorizationDetail("business-licence", locations=(ISSUER,))


def _request(**changed: object) -> AuthorizationRequest:
    given: dict[str, object] = {
        "client_id": "https://wallet.example",
        "redirect_uri": "https://wallet.example/find/callback",
        "state": "s" * 43,
        "code_challenge": build_code_challenge("v" * 43),
        "scope": "a b a",
        "authorization_details": (DETAIL.to_json(),),
    }
    return AuthorizationRequest(**(given | changed))  # type: ignore[arg-type]


def _form(**changed: str) -> dict[str, list[str]]:
    return {name: [value] for name, value in (_request().to_form() | changed).items()}


def test_a_request_is_read_as_it_was_written() -> None:
    written = _request()
    assert parse_authorization_request(_form()) == written
    assert written.scopes == ("a", "b")
    assert parse_authorization_details(written.authorization_details) == (DETAIL,)


def test_a_request_without_pkce_is_refused() -> None:
    """No challenge, and a challenge of method plain: downgrade refused."""
    form = _form()
    del form["code_challenge"]
    with pytest.raises(InvalidRequestError):
        parse_authorization_request(form)
    with pytest.raises(InvalidRequestError):
        parse_authorization_request(_form(code_challenge_method="plain"))


def test_a_repeated_parameter_is_refused() -> None:
    """Two redirect addresses: which one counts is not for anybody to guess."""
    with pytest.raises(InvalidRequestError):
        parse_authorization_request(_form() | {"redirect_uri": ["https://a.example", "https://b.example"]})


def test_a_pushed_request_names_no_other() -> None:
    with pytest.raises(InvalidRequestError):
        parse_authorization_request(_form(request_uri="urn:ietf:params:oauth:request_uri:x"))


def test_another_response_type_is_refused() -> None:
    with pytest.raises(UnsupportedResponseTypeError):
        parse_authorization_request(_form(response_type="token"))


@pytest.mark.parametrize("text", ["{}", "[]", '["x"]', '[{"type": 1}]', "nothing"])
def test_odd_authorization_details_are_refused(text: str) -> None:
    with pytest.raises(InvalidAuthorizationDetailsError):
        parse_authorization_request(_form(authorization_details=text))


def test_details_of_another_type_and_doubled_ones_are_refused() -> None:
    with pytest.raises(InvalidAuthorizationDetailsError):
        parse_authorization_details([{"type": "payment"}])
    with pytest.raises(InvalidAuthorizationDetailsError):
        parse_authorization_details([DETAIL.to_json(), DETAIL.to_json()])


def test_the_browser_carries_nothing_but_the_name_of_the_request() -> None:
    pushed = parse_pushed_response({"request_uri": "urn:ietf:params:oauth:request_uri:x", "expires_in": 60})
    url = build_authorization_url(
        "https://h.example/authorize?lang=zh", client_id="https://w.example", request_uri=pushed.request_uri
    )
    assert parse_qs(urlsplit(url).query) == {
        "lang": ["zh"],
        "client_id": ["https://w.example"],
        "request_uri": [pushed.request_uri],
    }


def _answer(response: AuthorizationResponse) -> dict[str, list[str]]:
    url = build_authorization_response_url("https://w.example/find/callback", response)
    return parse_qs(urlsplit(url).query)


def test_an_answer_is_read_as_it_was_written() -> None:
    for response in (
        AuthorizationResponse("s", ISSUER, code="c"),
        AuthorizationResponse("s", ISSUER, error="access_denied", error_description="no"),
    ):
        read = parse_authorization_response(_answer(response), expected_state="s", expected_issuer=ISSUER)
        assert read == response


@pytest.mark.parametrize(
    "response",
    [
        AuthorizationResponse("another", ISSUER, code="c"),
        AuthorizationResponse("s", "https://evil.example", code="c"),
        AuthorizationResponse("s", None, code="c"),
        AuthorizationResponse("s", ISSUER),
        AuthorizationResponse("s", ISSUER, code="c", error="access_denied"),
    ],
    ids=["state of another", "mix-up", "no issuer", "neither", "both"],
)
def test_an_answer_to_another_request_or_from_another_server_is_refused(
    response: AuthorizationResponse,
) -> None:
    """RFC 9207 section 2.4: an honest server's code that came under another's name is never sent to that one."""
    with pytest.raises(InvalidAuthorizationResponseError):
        parse_authorization_response(_answer(response), expected_state="s", expected_issuer=ISSUER)


def test_a_wrong_issuer_is_refused_even_where_none_is_required() -> None:
    answer = _answer(AuthorizationResponse("s", "https://evil.example", code="c"))
    with pytest.raises(InvalidAuthorizationResponseError):
        parse_authorization_response(
            answer, expected_state="s", expected_issuer=ISSUER, issuer_required=False
        )


def test_the_token_request_of_a_code() -> None:
    request = CodeTokenRequest("c", "https://w.example/cb", "v" * 43, "https://w.example")
    form = {name: [value] for name, value in request.to_form().items()}
    assert parse_code_token_request(form) == request
    del form["code_verifier"]
    with pytest.raises(InvalidRequestError):
        parse_code_token_request(form)


def test_a_token_response_names_the_credentials_it_reaches() -> None:
    granted = AuthorizationDetail("k", ("first", "second"))
    response = TokenResponse("t", "DPoP", 60, scope="uses", authorization_details=(granted,))
    document = response.to_json()
    document["authorization_details"].append({"type": "something_else"})
    assert parse_token_response(document) == response
    document["authorization_details"].append({"type": "openid_credential"})
    with pytest.raises(InvalidTokenResponseError):
        parse_token_response(document)


def test_a_named_credential_is_asked_for_by_its_name_alone() -> None:
    request = parse_credential_request(build_request_for_identifier("first", ["proof"]))
    assert (request.credential_identifier, request.credential_configuration_id) == ("first", None)


def test_a_deferred_answer_and_the_request_that_follows() -> None:
    deferred = DeferredResponse("t", 5)
    assert parse_credential_response(build_deferred_response(deferred)) == deferred
    assert parse_deferred_request({"transaction_id": "t"}).to_json() == {"transaction_id": "t"}
    with pytest.raises(InvalidCredentialRequestError):
        parse_deferred_request({})


def test_the_metadata_of_a_server_with_the_code_flow_are_read_as_written() -> None:
    written = AuthorizationServerMetadata(
        ISSUER,
        f"{ISSUER}/token",
        authorization_endpoint=f"{ISSUER}/authorize",
        pushed_authorization_request_endpoint=f"{ISSUER}/par",
        require_pushed_authorization_requests=True,
        authorization_response_iss=True,
        token_endpoint_auth_methods=("none", ATTESTED_CLIENT),
        response_types=("code",),
        scopes=("uses",),
        code_challenge_methods=("S256",),
        authorization_details_types=("openid_credential",),
    )
    assert parse_authorization_server_metadata(written.to_json(), issuer=ISSUER) == written
