"""Both directions with the reference package ``sd-jwt``, and the published claim sets and frames."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jwcrypto.jwk import JWK
from sd_jwt.common import SDObj
from sd_jwt.holder import SDJWTHolder
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.verifier import SDJWTVerifier

from standards.sd_jwt import (
    Disclosable,
    build_key_binding,
    build_sd_jwt,
    parse_sd_jwt,
    verify_key_binding,
    verify_sd_jwt,
)
from standards.sd_jwt_vc import select_disclosures

CASES = sorted(path.stem for path in (Path(__file__).parents[3] / "vectors" / "sd-jwt").glob("*.json"))
AT = datetime(2026, 11, 22, tzinfo=UTC)


def framed(value: Any, frame: dict[str, Any]) -> Any:
    """``value`` with ``Disclosable`` where the frame's ``_sd`` asks for it."""
    concealed = frame.get("_sd", [])
    if isinstance(value, dict):
        inner = {name: framed(item, frame.get(name, {})) for name, item in value.items()}
        return {name: Disclosable(item) if name in concealed else item for name, item in inner.items()}
    if isinstance(value, list):
        items = [framed(item, frame.get(str(index), {})) for index, item in enumerate(value)]
        return [Disclosable(item) if index in concealed else item for index, item in enumerate(items)]
    return value


def as_oracle(value: Any) -> Any:
    """The same marks in the reference package's terms."""
    if isinstance(value, Disclosable):
        return SDObj(as_oracle(value.value))
    if isinstance(value, dict):
        return {
            SDObj(name) if isinstance(item, Disclosable) else name: as_oracle(
                item.value if isinstance(item, Disclosable) else item
            )
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [as_oracle(item) for item in value]
    return value


def shown_paths(frame: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Claims paths of a presentation frame; in an array a numeral names an element."""
    if frame is True:
        return [at]
    return [path for name, inner in frame.items() for path in shown_paths(inner, (*at, name))]


@pytest.fixture(params=CASES)
def case(request: Any, vectors: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((vectors / "sd-jwt" / f"{request.param}.json").read_text("utf-8"))
    return loaded


def test_all_disclosed_gives_the_claims(case: dict[str, Any], issuer: Any) -> None:
    text = build_sd_jwt({"typ": "x"}, framed(case["claims"], case["disclosureFrame"]), issuer.sign)
    assert verify_sd_jwt(parse_sd_jwt(text), issuer.public_key, typ="x").claims == case["claims"]


def test_nothing_disclosed_leaves_the_plain_claims(case: dict[str, Any], issuer: Any) -> None:
    text = build_sd_jwt({"typ": "x"}, framed(case["claims"], case["disclosureFrame"]), issuer.sign)
    bare = select_disclosures(parse_sd_jwt(text), [])
    ours = verify_sd_jwt(parse_sd_jwt(bare), issuer.public_key, typ="x").claims
    assert ours == oracle_verify(bare, issuer)


def test_presented_claims(case: dict[str, Any], issuer: Any) -> None:
    """The presentation frame of the vector shows its presented claims; frames may name paths that are not there."""
    text = build_sd_jwt({"typ": "x"}, framed(case["claims"], case["disclosureFrame"]), issuer.sign)
    paths = [as_path(case["claims"], path) for path in shown_paths(case["presentationFrames"])]
    shown = select_disclosures(parse_sd_jwt(text), [path for path in paths if path is not None])
    assert verify_sd_jwt(parse_sd_jwt(shown), issuer.public_key, typ="x").claims == case["presentedClaims"]


def as_path(claims: Any, path: tuple[str, ...]) -> tuple[str | int, ...] | None:
    tokens: list[str | int] = []
    for name in path:
        token: str | int = int(name) if isinstance(claims, list) else name
        try:
            claims = claims[token]
        except (KeyError, IndexError):
            return None
        tokens.append(token)
    return tuple(tokens)


def everything(value: Any) -> Any:
    """The reference package's selection that shows all of ``value``."""
    if isinstance(value, dict):
        return {name: everything(item) for name, item in value.items()}
    if isinstance(value, list):
        return [everything(item) for item in value]
    return True


def oracle_key(pair: Any) -> JWK:
    return JWK.from_pyca(pair.private_key)


def oracle_verify(text: str, issuer: Any, audience: str | None = None, nonce: str | None = None) -> Any:
    return SDJWTVerifier(
        text, lambda *_: oracle_key(issuer), expected_aud=audience, expected_nonce=nonce
    ).get_verified_payload()


def test_the_oracle_reads_what_we_issue_and_present(case: dict[str, Any], issuer: Any, holder: Any) -> None:
    claims = framed(case["claims"], case["disclosureFrame"])
    claims["cnf"] = {"jwk": holder.public_jwk.to_dict()}
    text = build_sd_jwt({"typ": "x"}, claims, issuer.sign)
    bound = text + build_key_binding(text, audience="https://a.example", nonce="n", at=AT, sign=holder.sign)
    assert oracle_verify(bound, issuer, "https://a.example", "n") == {**case["claims"], "cnf": claims["cnf"]}


def test_we_read_what_the_oracle_issues_and_presents(case: dict[str, Any], issuer: Any, holder: Any) -> None:
    """Issued with decoy digests, presented in full with key binding by the reference package."""
    issued = SDJWTIssuer(
        as_oracle(framed(case["claims"], case["disclosureFrame"])),
        oracle_key(issuer),
        holder_key=JWK(**holder.public_jwk.to_dict()),
        add_decoy_claims=True,
    ).sd_jwt_issuance
    presenting = SDJWTHolder(issued)
    presenting.create_presentation(
        everything(case["claims"]), "n", "https://a.example", oracle_key(holder), sign_alg="ES256"
    )
    sd_jwt = parse_sd_jwt(presenting.sd_jwt_presentation)
    claims = dict(verify_sd_jwt(sd_jwt, issuer.public_key, typ=None).claims)
    assert claims.pop("cnf") == {"jwk": holder.public_jwk.to_dict()}
    assert claims == case["claims"]
    binding = verify_key_binding(sd_jwt, holder.public_key, at=None)
    binding.require_answer_to(audience="https://a.example", nonce="n")
