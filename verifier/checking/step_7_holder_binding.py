"""Step 7: the holder's key was used, over this very presentation, just now (RFC 9901 section 7.3)."""

from __future__ import annotations

from datetime import datetime

from standards.jose import JoseError
from standards.sd_jwt import (
    KeyBindingError,
    KeyBindingHashError,
    KeyBindingMissingError,
    KeyBindingTimeError,
    UnverifiedSdJwt,
    VerifiedKeyBinding,
    verify_key_binding,
)
from standards.sd_jwt_vc import VerifiedCredential
from standards.text import Text
from standards.verification_report import Finding, Outcome, Step
from verifier.checking.findings import REFUSE, SHOW_AGAIN
from verifier.checking.policy import VerificationPolicy

BOUND = Finding(
    Step.HOLDER_BINDING,
    "holder-bound",
    Outcome.PASSED,
    Text("由持证人的钱包当场出示。", "Shown just now by the holder's own wallet."),
)
NOT_ASKED = Finding(
    Step.HOLDER_BINDING,
    "holder-not-asked",
    Outcome.NEUTRAL,
    Text(
        "没有经过请求出示，未核对持有人。请当面核对持证人。",
        "Not shown in answer to a request, so the holder was not checked: compare the person in front of you.",
    ),
)
NO_KEY = Finding(
    Step.HOLDER_BINDING,
    "holder-key-missing",
    Outcome.FAILED,
    Text("证照没有绑定持有人。", "The licence is not bound to a holder."),
    REFUSE,
    sub_indication="SIG_CONSTRAINTS_FAILURE",
)
MISSING = Finding(
    Step.HOLDER_BINDING,
    "key-binding-missing",
    Outcome.FAILED,
    Text(
        "没有持有人签名：可能只是复制的证照。",
        "There is no signature of the holder: this may be a mere copy.",
    ),
    SHOW_AGAIN,
    sub_indication="SIG_CONSTRAINTS_FAILURE",
)
OTHER_PRESENTATION = Finding(
    Step.HOLDER_BINDING,
    "key-binding-of-another-presentation",
    Outcome.FAILED,
    Text("持有人签名属于另一次出示。", "The holder's signature belongs to another presentation."),
    REFUSE,
    sub_indication="HASH_FAILURE",
)
NOT_FRESH = Finding(
    Step.HOLDER_BINDING,
    "key-binding-not-fresh",
    Outcome.FAILED,
    Text("出示时间不在允许的范围内。", "The time at which it was shown is out of the range allowed."),
    SHOW_AGAIN,
    sub_indication="EXPIRED",
)
INVALID = Finding(
    Step.HOLDER_BINDING,
    "key-binding-invalid",
    Outcome.FAILED,
    Text(
        "持有人签名无效：出示者可能不是持证人。",
        "The holder's signature is not valid: another person may be showing this.",
    ),
    REFUSE,
    sub_indication="SIG_CRYPTO_FAILURE",
)


def check_holder_binding(
    credential: VerifiedCredential,
    presented: UnverifiedSdJwt,
    policy: VerificationPolicy,
    at: datetime,
    *,
    requested: bool,
) -> tuple[Finding, VerifiedKeyBinding | None]:
    """Whether the holder of the credential's key made this presentation.

    Without a request of ours nothing is fresh, so the step is neutral; a key binding that is there all the same
    must still be right, and is answered for what else it says.
    """
    if not requested and presented.key_binding is None:
        return NOT_ASKED, None
    holder_key = credential.registered.holder_key
    if holder_key is None:
        return NO_KEY, None
    try:
        binding = verify_key_binding(
            presented,
            holder_key.public_key(),
            at=at if requested else None,
            max_age=policy.key_binding_max_age,
            clock_skew=policy.clock_skew,
        )
    except KeyBindingMissingError:
        return MISSING, None
    except KeyBindingHashError:
        return OTHER_PRESENTATION, None
    except KeyBindingTimeError:
        return NOT_FRESH, None
    except (KeyBindingError, JoseError):
        return INVALID, None
    return (BOUND if requested else NOT_ASKED), binding
