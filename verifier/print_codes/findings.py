"""What the check of a printed licence's code says beyond what the check of any licence says."""

from __future__ import annotations

from typing import Final

from standards.text import Text
from standards.verification_report import Finding, Outcome, Step
from verifier.checking.findings import REFUSE, TRY_LATER

READ: Final = Finding(
    Step.FORM,
    "print-code-read",
    Outcome.PASSED,
    Text("打印件上的二维码可以读取。", "The code could be read."),
)
UNREADABLE: Final = Finding(
    Step.FORM,
    "print-code-unreadable",
    Outcome.FAILED,
    Text("打印件上的二维码无法读取：", "The code on the print cannot be read:"),
    Text("请重新扫描；仍不行时，请持证人重新打印。", "Scan it again; if that fails, ask for a new print."),
    sub_indication="FORMAT_FAILURE",
)
ISSUER_UNKNOWN: Final = Finding(
    Step.SIGNATURE,
    "print-code-issuer-certificate-not-in-hand",
    Outcome.INDETERMINATE,
    Text(
        "手头没有签发机构的证书，无法核对签名。",
        "The issuer's certificate is not in hand, so the signature cannot be checked.",
    ),
    TRY_LATER,
    retry_helps=True,
    sub_indication="TRY_LATER",
)
SIGNED: Final = Finding(
    Step.SIGNATURE,
    "print-code-signed",
    Outcome.PASSED,
    Text(
        "二维码由签发机构签名，内容未被改动。", "The issuer signed the code, and nothing in it was changed."
    ),
)
NOT_SIGNED: Final = Finding(
    Step.SIGNATURE,
    "print-code-signature-invalid",
    Outcome.FAILED,
    Text("二维码的签名无效：可能是伪造的。", "The signature of the code is not valid: it may be forged."),
    REFUSE,
    sub_indication="SIG_CRYPTO_FAILURE",
)
COMPARE: Final = Finding(
    Step.SIGNATURE,
    "compare-with-paper",
    Outcome.NEUTRAL,
    Text(
        "二维码只能证明应当印有哪些内容，不能证明纸面就是这样印的。",
        "The code proves what the paper has to say, not that this paper says it.",
    ),
    Text(
        "请与纸面逐项核对；任何一项不同，就不要受理。",
        "Compare it with the paper, item by item; if any differs, do not accept it.",
    ),
)
ORIGINAL_PRINTED: Final = Finding(
    Step.REQUEST,
    "print-of-original",
    Outcome.NEUTRAL,
    Text(
        "这是原件的打印件，不是为某次办理制作的加注件。",
        "This is a print of the original, not a copy made for one use.",
    ),
    Text(
        "需要留存材料时，请持证人为本次办理制作加注件。",
        "Where a copy is to be kept, ask for one made for this use.",
    ),
)
