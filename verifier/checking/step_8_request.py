"""Step 8: it answers the request: nonce, audience, query (OpenID4VP 1.0 sections 8.6 and 14)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from standards.dcql import DcqlQuery, Presented, check_response
from standards.sd_jwt import AudienceError, NonceError, VerifiedKeyBinding
from standards.text import Text
from standards.verification_report import Finding, Outcome, Step
from verifier.checking.findings import REFUSE, SHOW_AGAIN

ANSWERS = Finding(
    Step.REQUEST,
    "answers-request",
    Outcome.PASSED,
    Text("出示内容与请求一致。", "What was shown answers the request."),
)
NO_REQUEST = Finding(
    Step.REQUEST, "no-request", Outcome.NEUTRAL, Text("没有对应的请求。", "There was no request to answer.")
)
WRONG_AUDIENCE = Finding(
    Step.REQUEST,
    "wrong-audience",
    Outcome.FAILED,
    Text("证照是出示给另一家机构的。", "The licence was shown to another verifier."),
    REFUSE,
    sub_indication="SIG_CONSTRAINTS_FAILURE",
)
WRONG_NONCE = Finding(
    Step.REQUEST,
    "wrong-nonce",
    Outcome.FAILED,
    Text("证照不是针对本次请求出示的。", "The licence was not shown in answer to this request."),
    SHOW_AGAIN,
    sub_indication="SIG_CONSTRAINTS_FAILURE",
)


def check_answer(binding: VerifiedKeyBinding, *, audience: str, nonce: str) -> Finding:
    """Whether the holder signed for this verifier and this request."""
    try:
        binding.require_answer_to(audience=audience, nonce=nonce)
    except AudienceError:
        return WRONG_AUDIENCE
    except NonceError:
        return WRONG_NONCE
    return ANSWERS


def check_query(query: DcqlQuery, presented: Mapping[str, Sequence[Presented]]) -> tuple[Finding, ...]:
    """What the presentations lack, or show beyond what the query asked for; empty when they answer it exactly."""
    return tuple(
        Finding(
            Step.REQUEST,
            problem.code,
            Outcome.FAILED,
            problem.message,
            SHOW_AGAIN,
            query=problem.query,
            sub_indication="SIG_CONSTRAINTS_FAILURE",
        )
        for problem in check_response(query, presented)
    )
