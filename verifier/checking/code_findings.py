"""What steps 1, 2, 7 and 8 say about a show-licence code or a printed sheet. No finding names a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from standards.text import Text
from standards.verification_report import Finding, Outcome, Step
from verifier.checking.findings import REFUSE, TRY_LATER

FRESH_ONE: Final = Text("请持证人刷新后重新出示。", "Ask the holder to show a fresh code.")
_HOLDER: Final = Text("请持证人本人联系钱包服务。", "The holder asks the wallet service.")


def _made(  # noqa: PLR0917  # one row of a table, in the order of its columns
    step: Step,
    code: str,
    outcome: Outcome,
    zh: str,
    en: str,
    next_step: Text | None = None,
    sub_indication: str | None = None,
) -> Finding:
    return Finding(
        step,
        code,
        outcome,
        Text(zh, en),
        next_step,
        retry_helps=outcome is Outcome.INDETERMINATE,
        sub_indication=sub_indication,
    )


_FORM, _SIGNED, _BOUND, _REQUEST = Step.FORM, Step.SIGNATURE, Step.HOLDER_BINDING, Step.REQUEST
_PASSED, _FAILED, _OPEN, _NEUTRAL = Outcome.PASSED, Outcome.FAILED, Outcome.INDETERMINATE, Outcome.NEUTRAL
_CRYPTO, _CONSTRAINTS = "SIG_CRYPTO_FAILURE", "SIG_CONSTRAINTS_FAILURE"

READ: Final = _made(_FORM, "code-read", _PASSED, "亮证码格式正确。", "The code could be read.")
UNREADABLE: Final = _made(
    _FORM,
    "code-unreadable",
    _FAILED,
    "无法读取：这不是有效的亮证码。",
    "This cannot be read as a show-licence code or sheet.",
    FRESH_ONE,
    "FORMAT_FAILURE",
)
ISSUER_UNKNOWN: Final = _made(
    _SIGNED,
    "code-issuer-certificate-not-in-hand",
    _OPEN,
    "手头没有签发机构的证书，无法核对签名。",
    "The issuer's certificate is not in hand, so the signature cannot be checked.",
    TRY_LATER,
    "TRY_LATER",
)
SIGNATURE_VALID: Final = _made(
    _SIGNED,
    "code-licence-signed",
    _PASSED,
    "签发机构的签名有效，内容未被改动。",
    "The issuer's signature is valid and nothing was changed.",
)
SIGNATURE_INVALID: Final = _made(
    _SIGNED,
    "code-licence-signature-invalid",
    _FAILED,
    "签发机构的签名无效：可能是伪造的。",
    "The issuer's signature is not valid: this may be forged.",
    REFUSE,
    _CRYPTO,
)

FRESH: Final = _made(
    _BOUND,
    "code-fresh",
    _PASSED,
    "由持证人授权的手机刚刚生成。",
    "Made just now by the phone that the holder's key named.",
)
EXPIRED: Final = _made(
    _BOUND,
    "code-expired",
    _FAILED,
    "亮证码已过期，可能是截图或照片。",
    "The code has expired: it may be a picture of one.",
    FRESH_ONE,
    "EXPIRED",
)
DELEGATION_ENDED: Final = _made(
    _BOUND,
    "code-delegation-ended",
    _FAILED,
    "手机的亮证授权已到期。",
    "The phone's right to make codes has ended.",
    FRESH_ONE,
    "EXPIRED",
)
NOT_BY_PHONE: Final = _made(
    _BOUND,
    "code-signature-invalid",
    _FAILED,
    "亮证码不是由持证人授权的手机生成的。",
    "The code was not made by the phone that the holder's key named.",
    REFUSE,
    _CRYPTO,
)
SEEN_BEFORE: Final = _made(
    _BOUND,
    "code-scanned-before",
    _FAILED,
    "本窗口已经扫过这个亮证码。",
    "This code was scanned at this window before.",
    FRESH_ONE,
    _CONSTRAINTS,
)
REDEEMED: Final = _made(
    _BOUND,
    "code-redeemed",
    _PASSED,
    "已由持证人的钱包核销，不能再用。",
    "Redeemed by the holder's wallet service: it works nowhere else.",
)
NOT_REDEEMED: Final = _made(
    _BOUND,
    "code-not-redeemed",
    _NEUTRAL,
    "没有向持证人的钱包核销：不能保证此码只使用一次。请核对持证人本人。",
    "Not redeemed at the holder's wallet service, so it may have been used elsewhere too: compare the person.",
)
REDEMPTION_REQUIRED: Final = _made(
    _BOUND,
    "code-redemption-required",
    _OPEN,
    "未能向持证人的钱包核销，本窗口的规则要求核销。",
    "Not redeemed at the holder's wallet service, which the rules of this window demand.",
    TRY_LATER,
    "TRY_LATER",
)
_NOT_COVERED: Final = Text(
    "如有对应事项，请先选择事项再扫新的码；否则请持证人本人办理。",
    "If there is a service item for it, choose that and scan a fresh code; otherwise the holder comes.",
)
DECLINED: Final[Mapping[str, Finding]] = {
    "show-code-used": _made(
        _BOUND,
        "code-used",
        _FAILED,
        "亮证码已在别处使用过。",
        "The code was used elsewhere.",
        FRESH_ONE,
        _CONSTRAINTS,
    ),
    "show-code-expired": _made(
        _BOUND,
        "code-expired-at-wallet",
        _FAILED,
        "持证人的钱包认为亮证码已过期。",
        "The holder's wallet service says that the code has expired.",
        FRESH_ONE,
        "EXPIRED",
    ),
    "show-code-withdrawn": _made(
        _BOUND,
        "code-withdrawn",
        _FAILED,
        "持证人已撤回这个亮证码或凭证，或代办权已终止。",
        "The holder withdrew this code or sheet, or the right to act for the holder has ended.",
        _HOLDER,
        "REVOKED",
    ),
    "show-code-not-covered": _made(
        _BOUND,
        "code-not-covered",
        _FAILED,
        "出示人的授权不包括本次的事项、地区或这类证照。",
        "The grant of who shows does not cover this service item, this region or this type of licence.",
        _NOT_COVERED,
        _CONSTRAINTS,
    ),
    "show-code-unknown": _made(
        _BOUND,
        "code-unknown",
        _FAILED,
        "持证人的钱包没有生成过这个亮证码。",
        "The wallet service that the code names did not let it be made.",
        REFUSE,
        _CONSTRAINTS,
    ),
    "show-code-ended": _made(
        _BOUND,
        "code-licence-ended",
        _FAILED,
        "持证人的钱包中这张证照已不能使用。",
        "The licence cannot be used any more, says the holder's wallet service.",
        _HOLDER,
        "REVOKED",
    ),
    "sheet-refused": _made(
        _BOUND,
        "sheet-refused",
        _FAILED,
        "持证人的钱包拒绝了这张纸质凭证。",
        "The holder's wallet service refuses this sheet.",
        _HOLDER,
        _CONSTRAINTS,
    ),
}
"""By the last part of the wallet service's problem type; any other answer counts as no redemption."""

LIMITS_UNKNOWN: Final = _made(
    _BOUND,
    "code-grant-limits-not-known",
    _OPEN,
    "代办授权有限定，未能向持证人的钱包核对是否包括本次出示。",
    "The grant has limits, and the wallet service was not asked whether they let it be shown here.",
    TRY_LATER,
    "TRY_LATER",
)
SHEET_SIGNED: Final = _made(
    _BOUND,
    "sheet-signed",
    _PASSED,
    "纸质凭证由持证人签发，在有效时间内。",
    "The sheet is signed by the holder and within its time.",
)
SHEET_OUT_OF_TIME: Final = _made(
    _BOUND,
    "sheet-expired",
    _FAILED,
    "纸质凭证不在有效时间内。",
    "The sheet is not valid at this time.",
    _HOLDER,
    "EXPIRED",
)
SHEET_NOT_SIGNED: Final = _made(
    _BOUND,
    "sheet-signature-invalid",
    _FAILED,
    "纸质凭证不是持证人签发的。",
    "The holder's key did not sign this sheet.",
    REFUSE,
    _CRYPTO,
)
SHEET_FOR_ITEM: Final = _made(
    _REQUEST, "sheet-item-covered", _PASSED, "纸质凭证可用于此事项。", "The sheet is for this service item."
)
SHEET_FOR_OTHER_ITEM: Final = _made(
    _REQUEST,
    "sheet-item-not-covered",
    _FAILED,
    "纸质凭证不能用于此事项。",
    "The sheet is not for this service item.",
    _HOLDER,
    _CONSTRAINTS,
)
SHEET_ITEMS_STATED: Final = _made(
    _REQUEST,
    "sheet-item-not-compared",
    _NEUTRAL,
    "纸质凭证仅限所列事项，请核对。",
    "The sheet is for the items that it states only: compare them.",
)
PRESENTED_BY_OTHER: Final = _made(
    _BOUND,
    "code-presentation-of-another",
    _FAILED,
    "钱包出示的证照不属于亮证码的持证人。",
    "What the wallet service presented is not the licence of the code's holder.",
    REFUSE,
    _CONSTRAINTS,
)


def of_sheet(finding: Finding) -> Finding:
    """A finding about the status of a grant, said of a sheet."""
    code = finding.code.replace("grant-", "sheet-", 1)
    zh = finding.message.zh.replace("授权", "纸质凭证")
    en = finding.message.en.replace("The grant", "The sheet").replace("the grant", "the sheet")
    return Finding(
        finding.step,
        code,
        finding.outcome,
        Text(zh, en.replace("grant's", "sheet's")),
        finding.next_step,
        retry_helps=finding.retry_helps,
        sub_indication=finding.sub_indication,
    )
