"""Use case: a wallet answers. Reads, verifies, judges, and lets exactly one answer count."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from service.status_feed import StatusFeed
from service.trust_feed import TrustFeed
from service.type_feed import TypeFeed
from standards.openid4vp.request_object import DIRECT_POST_JWT
from standards.openid4vp.response import (
    EncryptedResponse,
    Presentations,
    Refusal,
    decrypt_response,
    parse_response_form,
)
from verifier.acceptance.kept_evidence import EvidenceStore
from verifier.checking import (
    CheckedLicence,
    CheckedPresentation,
    ExpectedPresentation,
    MaterialRule,
    VerificationPolicy,
    check_presentation,
    gather_evidence,
)
from verifier.items import ServiceItem
from verifier.items.conditions import Shown
from verifier.offline.policy import policy_of
from verifier.window.describe_shown import with_description
from verifier.window.errors import PresentationOverError, WrongResponseModeError, WrongStateError
from verifier.window.material_rule_of import material_rule_of
from verifier.window.note_lists import note_lists
from verifier.window.presentation import Answer, Asked, Pending, Received, Refused, ShownLicence
from verifier.window.store import PresentationStore


def receive_response(
    pending: Pending,
    form: Mapping[str, list[str]],
    *,
    item: ServiceItem | None,
    presentations: PresentationStore,
    trust: TrustFeed,
    status: StatusFeed,
    types: TypeFeed,
    kept: EvidenceStore,
    division: str | None,
    at: datetime,
    earlier: Shown | None = None,
) -> Received | Refused:
    """Take the answer to a pending request (one durable write).

    What cannot be read leaves the request open: otherwise anybody who saw the code could use it up with rubbish. What
    can be read is verified before the write, so that the report and the state change are kept together or not at all.

    Args:
        pending: the request that was answered.
        form: the form as posted, every parameter with all its values.
        item: what the request was for, or ``None``.
        presentations: keeps the result; lets only the first answer count.
        trust: the trust lists in hand.
        status: status lists, fetched where they are not fresh.
        types: what types that were made elsewhere are called.
        kept: keeps the lists that the report stands on.
        division: of the department that asked; grants may be limited to some.
        at: now.
        earlier: claims by query id that the same case has from presentations before.

    Raises:
        InvalidAuthorizationResponseError: unreadable, or encrypted for another key.
        WrongResponseModeError: plain instead of encrypted, or the other way round.
        WrongStateError: another request's ``state``.
        PresentationOverError: another answer was first.
    """
    unverified = _open(pending, form)
    asked = pending.asked
    if not hmac.compare_digest((unverified.state or "").encode(), asked.state.encode()):
        raise WrongStateError("state 与请求不符。", "The state is not that of the request.", where="state")
    result: Received | Refused
    if isinstance(unverified, Refusal):
        result = pending.refuse(unverified.error, at)
    else:
        rule = material_rule_of(item, earlier)
        checked = _check(
            asked,
            unverified,
            rule=rule,
            division=division,
            trust=trust,
            status=status,
            policy=policy_of(item, status),
            at=at,
        )
        lists = note_lists(checked.lists, trust=trust, status=status, kept=kept, at=at)
        result = pending.receive(_answer(asked, unverified, checked, types, at, lists))
    if not presentations.settle(result, at):
        raise PresentationOverError(
            "此请求已被答复或已过期。", "This request was answered already, or has expired."
        )
    return result


def _open(pending: Pending, form: Mapping[str, list[str]]) -> Presentations | Refusal:
    parsed = parse_response_form(form)
    encrypted = pending.asked.response_mode == DIRECT_POST_JWT
    if isinstance(parsed, EncryptedResponse):
        if not encrypted or pending.key is None:
            raise WrongResponseModeError(
                "此请求的答复不加密。", "The answer to this request is not encrypted.", where="response"
            )
        return decrypt_response(parsed, pending.key)
    # An error may come plain where an answer may not: it says nothing about the person (section 8.3).
    if encrypted and isinstance(parsed, Presentations):
        raise WrongResponseModeError(
            "此请求的答复须加密。", "The answer to this request must be encrypted.", where="vp_token"
        )
    return parsed


def _check(
    asked: Asked,
    unverified: Presentations,
    *,
    rule: MaterialRule | None,
    division: str | None,
    trust: TrustFeed,
    status: StatusFeed,
    policy: VerificationPolicy,
    at: datetime,
) -> CheckedPresentation:
    vp_token = unverified.unverified_vp_token
    evidence = gather_evidence(
        (text for texts in vp_token.values() for text in texts), trust=trust, status=status, at=at
    )
    expected = ExpectedPresentation(
        nonce=asked.nonce,
        audience=asked.client_id,
        query=asked.query,
        item=asked.item,
        division=division,
    )
    return check_presentation(vp_token, expected, evidence, policy=policy, at=at, material_rule=rule)


def _answer(  # noqa: PLR0917
    asked: Asked,
    unverified: Presentations,
    checked: CheckedPresentation,
    types: TypeFeed,
    at: datetime,
    lists: tuple[dict[str, Any], ...],
) -> Answer:
    return Answer(
        report=checked.report.to_json(),
        lists=lists,
        licences={
            query: tuple(with_description(shown_licence(one), types) for one in licences)
            for query, licences in checked.licences.items()
        },
        vp_token=unverified.unverified_vp_token,
        response_code=secrets.token_urlsafe(16) if asked.redirect_uri is not None else None,
        received_at=at,
    )


def shown_licence(licence: CheckedLicence) -> ShownLicence:
    """A checked licence as it is kept and shown."""
    return ShownLicence(
        licence.type_code,
        licence.vct,
        licence.claims,
        licence.issuer,
        licence.issuer_uscc,
        shown_by=licence.shown_by,
        issuer_division=licence.issuer_division,
    )


def return_address(result: Received | Refused) -> str | None:
    """Where the wallet sends the person back on the same device, with the response code (section 13.3); else ``None``."""
    uri = result.asked.redirect_uri
    if uri is None:
        return None
    code = result.answer.response_code if isinstance(result, Received) else None
    if code is None:
        return uri
    parts = urlsplit(uri)
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), ("response_code", code)])
    return urlunsplit(parts._replace(query=query))
