"""Whether what was shown is what was asked for: no less, and no more (OpenID4VP 1.0 sections 6.4 and 8.6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from standards.dcql.match import same_value
from standards.dcql.paths import ConcretePath, covers, select
from standards.dcql.query import ClaimsQuery, CredentialQuery, DcqlQuery
from standards.text import Text


@dataclass(frozen=True, slots=True)
class Presented:
    """One presentation as verified.

    Attributes:
        format: format identifier.
        type: ``vct`` or doctype.
        claims: all claims that it shows.
        disclosed: path of every claim that the wallet chose to disclose (the selectively disclosable ones).
        holder_bound: whether possession of the holder's key was proved.
        authority_key_ids: key identifiers (base64url) of the certificates of its chain.
    """

    format: str
    type: str
    claims: Mapping[str, Any]
    disclosed: tuple[ConcretePath, ...] = ()
    holder_bound: bool = True
    authority_key_ids: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ResponseProblem:
    """Why an answer does not fit its query.

    Attributes:
        query: id of the credential query, or ``None`` for the whole.
        code: stable kebab-case code.
        message: a sentence for people; names claims, never their values.
    """

    query: str | None
    code: str
    message: Text


def check_response(
    query: DcqlQuery, presented: Mapping[str, Sequence[Presented]]
) -> tuple[ResponseProblem, ...]:
    """Check verified presentations, by query id, against the query; empty when they answer it exactly."""
    problems: list[ResponseProblem] = []
    for query_id, presentations in presented.items():
        credential = query.credential(query_id)
        if credential is None:
            problems.append(
                _problem(
                    None,
                    "not-asked-for",
                    "出示了未请求的证照。",
                    "A credential was shown that was not asked for.",
                )
            )
            continue
        problems.extend(_check_count(credential, len(presentations)))
        for presentation in presentations:
            problems.extend(_check_one(credential, presentation))
    answered = {query_id for query_id, presentations in presented.items() if presentations}
    problems.extend(
        _problem(None, "credential-missing", "缺少所需的证照。", "A credential that is needed was not shown.")
        for need in query.needs()
        if need.required and not any(answered.issuperset(option) for option in need.options)
    )
    problems.extend(_check_surplus(query, answered))
    return tuple(problems)


def _check_count(query: CredentialQuery, count: int) -> list[ResponseProblem]:
    if count == 0:
        return [
            _problem(
                query.id,
                "credential-missing",
                "缺少所需的证照。",
                "A credential that is needed was not shown.",
            )
        ]
    if count > 1 and not query.multiple:
        return [
            _problem(
                query.id,
                "too-many-credentials",
                "出示的证照多于请求。",
                "More credentials were shown than asked for.",
            )
        ]
    return []


def _check_one(query: CredentialQuery, shown: Presented) -> list[ResponseProblem]:
    if shown.format != query.format or shown.type not in query.types:
        return [
            _problem(
                query.id, "wrong-type", "出示的证照类型不符。", "The credential shown is of another type."
            )
        ]
    problems = []
    if query.require_holder_binding and not shown.holder_bound:
        problems.append(
            _problem(
                query.id,
                "holder-binding-missing",
                "缺少持有人密钥证明。",
                "Proof of the holder's key is missing.",
            )
        )
    if query.trusted_authorities and not any(
        authority.type == "aki" and not shown.authority_key_ids.isdisjoint(authority.values)
        for authority in query.trusted_authorities
    ):
        problems.append(
            _problem(
                query.id,
                "authority-not-accepted",
                "签发机构不在请求的范围内。",
                "The issuer is not among those asked for.",
            )
        )
    choices = query.claim_choices()
    whole = [choice for choice in choices if all(select(shown.claims, claim.path) for claim in choice)]
    if not whole:
        missing = _missing(choices[0], shown)
        problems.append(
            _problem(query.id, "claim-missing", f"缺少字段：{missing}。", f"Claims are missing: {missing}.")
        )
        return problems
    fitting = [choice for choice in whole if all(_value_fits(claim, shown) for claim in choice)]
    if not fitting:
        problems.append(
            _problem(
                query.id, "value-mismatch", "字段的值与请求不符。", "A claim does not have a value asked for."
            )
        )
    if not any(not _surplus(choice, shown) for choice in fitting or whole):
        surplus = ", ".join(
            sorted(".".join(map(str, path)) for path in _surplus((fitting or whole)[0], shown))
        )
        problems.append(
            _problem(
                query.id,
                "claim-not-asked-for",
                f"出示了未请求的字段：{surplus}。",
                f"Claims were shown that were not asked for: {surplus}.",
            )
        )
    return problems


def _value_fits(claim: ClaimsQuery, shown: Presented) -> bool:
    if not claim.values:
        return True
    values = [value for _, value in select(shown.claims, claim.path)]
    return any(same_value(value, wanted) for value in values for wanted in claim.values)


def _surplus(choice: tuple[ClaimsQuery, ...], shown: Presented) -> list[ConcretePath]:
    asked = {claim.path for claim in choice}
    # A claim shown at exactly the path asked for is the usual case, and needs no walk over all paths.
    return [
        path
        for path in shown.disclosed
        if path not in asked and not any(covers(claim.path, path) for claim in choice)
    ]


def _missing(choice: tuple[ClaimsQuery, ...], shown: Presented) -> str:
    absent = [claim.path for claim in choice if not select(shown.claims, claim.path)]
    return ", ".join(".".join("*" if part is None else str(part) for part in path) for path in absent)


def _check_surplus(query: DcqlQuery, answered: set[str]) -> list[ResponseProblem]:
    """With credential sets, only credentials of one option of each set are wanted (section 6.4.2)."""
    if not query.credential_sets:
        return []
    wanted: set[str] = set()
    for need in query.credential_sets:
        wanted.update(next((option for option in need.options if answered.issuperset(option)), ()))
    return [
        _problem(
            query_id,
            "not-asked-for",
            "出示了多余的证照。",
            "A credential was shown beyond what was asked for.",
        )
        for query_id in sorted(answered - wanted)
        if query.credential(query_id) is not None
    ]


def _problem(query: str | None, code: str, zh: str, en: str) -> ResponseProblem:
    return ResponseProblem(query, code, Text(zh, en))
