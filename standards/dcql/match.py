"""Which held credentials answer a query, and with which claims (OpenID4VP 1.0 section 6.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from standards.dcql.paths import select
from standards.dcql.query import ClaimsPath, ClaimsQuery, CredentialQuery, CredentialSetQuery, DcqlQuery


@dataclass(frozen=True, slots=True)
class Candidate:
    """A credential that the wallet holds, as a query sees it.

    Attributes:
        id: the wallet's own name for it.
        format: format identifier.
        type: ``vct`` or doctype.
        claims: all claims in the clear; for mdoc ``{namespace: {element: value}}``.
        authority_key_ids: key identifiers (raw bytes as base64url) of the certificates of its chain, for
            ``trusted_authorities`` of type ``aki``.
        holder_bound: whether it can prove possession of a holder's key.
    """

    id: str
    format: str
    type: str
    claims: Mapping[str, Any]
    authority_key_ids: frozenset[str] = frozenset()
    holder_bound: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """One candidate that answers one credential query.

    Attributes:
        candidate_id: the wallet's name for the credential.
        paths: the claims to disclose, no more: those of the first claim set that it satisfies.
        choices: every claim set that it satisfies, the verifier's favourite first; one where the query has no sets.
    """

    candidate_id: str
    paths: tuple[ClaimsPath, ...]
    choices: tuple[tuple[ClaimsPath, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Need:
    """One credential set, and what of it can be met.

    Attributes:
        required: whether the presentation fails without it.
        options: the options of which every query has an answer, the verifier's favourite first; empty: cannot be met.
        asked: all options as asked, for telling the person what is missing.
    """

    required: bool
    options: tuple[tuple[str, ...], ...]
    asked: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Match:
    """What a wallet can answer.

    Attributes:
        answers: query id → every candidate that answers it, in the order of the candidates; absent when none does.
        needs: the credential sets (one with every query where the verifier gave none).
    """

    answers: Mapping[str, tuple[Answer, ...]]
    needs: tuple[Need, ...]

    @property
    def satisfied(self) -> bool:
        """Whether every required need can be met."""
        return all(need.options for need in self.needs if need.required)

    def chosen(self) -> tuple[str, ...]:
        """The query ids to answer: the favourite option of every need that can be met, each id once."""
        ids = (query_id for need in self.needs for query_id in (need.options[0] if need.options else ()))
        return tuple(dict.fromkeys(ids))


def match(query: DcqlQuery, candidates: Sequence[Candidate]) -> Match:
    """Match a query against what the wallet holds.

    Only what the person agrees to is sent afterwards; that a claim has one of ``values`` must not be told to the
    verifier before that (section 6.4.1).
    """
    answers = {}
    for credential in query.credentials:
        found = tuple(answer for candidate in candidates if (answer := _answer(credential, candidate)))
        if found:
            answers[credential.id] = found
    return Match(answers, tuple(_need(entry, answers) for entry in query.needs()))


def _answer(query: CredentialQuery, candidate: Candidate) -> Answer | None:
    if candidate.format != query.format or candidate.type not in query.types:
        return None
    if query.require_holder_binding and not candidate.holder_bound:
        return None
    if not _trusted(query, candidate):
        return None
    choices = tuple(
        tuple(claim.path for claim in choice)
        for choice in query.claim_choices()
        if all(_has(candidate.claims, claim) for claim in choice)
    )
    return Answer(candidate.id, choices[0], choices) if choices else None


def _trusted(query: CredentialQuery, candidate: Candidate) -> bool:
    """Any one of the authorities has to match (section 6.1.1); only ``aki`` can be judged without the network."""
    if not query.trusted_authorities:
        return True
    return any(
        authority.type == "aki" and not candidate.authority_key_ids.isdisjoint(authority.values)
        for authority in query.trusted_authorities
    )


def _has(claims: Mapping[str, Any], claim: ClaimsQuery) -> bool:
    selected = select(claims, claim.path)
    if not claim.values:
        return bool(selected)
    return any(same_value(value, wanted) for _, value in selected for wanted in claim.values)


def same_value(value: object, wanted: str | int | bool) -> bool:
    """Equal in type and value (section 6.3): 1 is not true, and "1" is not 1."""
    return type(value) is type(wanted) and value == wanted


def _need(entry: CredentialSetQuery, answers: Mapping[str, object]) -> Need:
    options = tuple(option for option in entry.options if all(query_id in answers for query_id in option))
    return Need(entry.required, options, entry.options)
