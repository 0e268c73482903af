"""What checking a document can find: one code, one sentence in each language, one thing to do."""

from __future__ import annotations

from typing import Final

from keys.path_validation import PathReason
from keys.pdf_check import Unreadable
from standards.text import Text
from standards.verification_report import Finding, Outcome, Step
from verifier.checking.findings import REFUSE, TRY_LATER

_ASK_ORIGINAL: Final = Text(
    "请持证人提供未经改动的原文件，或用钱包出示证照。",
    "Ask for the file as it was made, or for the licence shown from a wallet.",
)

READ: Final = Finding(
    Step.FORM, "document-read", Outcome.PASSED, Text("文件可以读取。", "The document could be read.")
)
UNREADABLE: Final = {
    why: Finding(Step.FORM, f"document-{why.value}", Outcome.FAILED, said, _ASK_ORIGINAL, None, False, "FORMAT_FAILURE")
    for why, said in {
        Unreadable.DAMAGED: Text("文件已损坏，无法读取。", "The document is damaged and cannot be read."),
        Unreadable.ENCRYPTED: Text("文件有密码，无法核验。", "The document is locked by a password."),
        Unreadable.TOO_LARGE: Text("文件过大或过于复杂。", "The document is too large, or too intricate."),
        Unreadable.AMBIGUOUS: Text(
            "不同的阅读器会把这份文件读成不同的内容。", "Different readers would show different documents for this file."
        ),
    }.items()
}  # fmt: skip
BUSY: Final = Finding(
    Step.FORM,
    "document-not-read-now",
    Outcome.INDETERMINATE,
    Text(
        "正在处理的文件太多，这一份还没有读取。",
        "Too many documents are being read; this one was not looked at.",
    ),
    TRY_LATER,
    retry_helps=True,
    sub_indication="TRY_LATER",
)
ODD: Final = Finding(
    Step.FORM,
    "document-altered-outside-seal",
    Outcome.FAILED,
    Text("文件中有不属于任何版本的内容。", "The file holds bytes that belong to no version of the document."),
    _ASK_ORIGINAL,
    sub_indication="FORMAT_FAILURE",
)
ACTIVE: Final = Finding(
    Step.FORM,
    "document-active-content",
    Outcome.INDETERMINATE,
    Text(
        "文件中有脚本、动作或图层，打开时看到的内容可能不同；这里没有执行它们。",
        "The document holds scripts, actions or layers: what is seen may differ. None of it was run here.",
    ),
    _ASK_ORIGINAL,
    sub_indication="SIG_CONSTRAINTS_FAILURE",
)
NO_LICENCE: Final = Finding(
    Step.FORM,
    "document-without-licence",
    Outcome.INDETERMINATE,
    Text(
        "文件中没有机器可读的证照：只能核验印章，不能核验页面上写的内容是否属实、证照现在是否有效。",
        "No licence for machines is attached: the seals can be checked, but not whether what the page says is true now.",
    ),
    Text("请通过签发机构核实，或请持证人出示电子证照。", "Ask the issuer, or for the electronic licence."),
    sub_indication="SIGNED_DATA_NOT_FOUND",
)
SEVERAL_LICENCES: Final = Finding(
    Step.FORM,
    "document-attachments-ambiguous",
    Outcome.FAILED,
    Text("文件中的证照附件重复或缺失。", "The licence's attachments are there twice, or not all there."),
    REFUSE,
    sub_indication="FORMAT_FAILURE",
)

SEAL_MISSING: Final = Finding(
    Step.SIGNATURE,
    "seal-missing",
    Outcome.FAILED,
    Text("文件没有电子印章。", "The document has no electronic seal."),
    _ASK_ORIGINAL,
    sub_indication="SIGNED_DATA_NOT_FOUND",
)
SEAL_INTACT: Final = Finding(
    Step.SIGNATURE,
    "seal-intact",
    Outcome.PASSED,
    Text("电子印章完整，签章之后没有改动。", "The seal is intact and nothing was changed after it."),
)
SEAL_BROKEN: Final = Finding(
    Step.SIGNATURE,
    "seal-broken",
    Outcome.FAILED,
    Text(
        "电子印章无效：文件被改动，或印章是伪造的。",
        "The seal is not valid: the file was altered, or the seal is forged.",
    ),
    REFUSE,
    sub_indication="HASH_FAILURE",
)
SEAL_UNSUPPORTED: Final = Finding(
    Step.SIGNATURE,
    "seal-not-supported",
    Outcome.INDETERMINATE,
    Text("这种电子签名的格式或算法不能在此核验。", "This kind of signature cannot be checked here."),
    Text("请用签发方提供的工具核验。", "Check it with what its maker provides."),
    sub_indication="CRYPTO_CONSTRAINTS_FAILURE",
)
CHANGED_AFTER: Final = Finding(
    Step.SIGNATURE,
    "changed-after-seal",
    Outcome.FAILED,
    Text("签章之后文件被改动过。", "The document was changed after it was sealed."),
    REFUSE,
    sub_indication="HASH_FAILURE",
)
TIME_PROVEN: Final = Finding(
    Step.SIGNATURE,
    "seal-time-proven",
    Outcome.PASSED,
    Text("时间戳证明签章时间不晚于：", "A time stamp proves it sealed by"),
)
TIME_STATED: Final = Finding(
    Step.SIGNATURE,
    "seal-time-stated",
    Outcome.NEUTRAL,
    Text(
        "签章时间由签章方自行填写，没有时间戳证明：",
        "The time of sealing is the sealer's own word, proven by no time stamp:",
    ),
)
TIME_UNTRUSTED: Final = Finding(
    Step.SIGNATURE,
    "time-stamp-not-trusted",
    Outcome.NEUTRAL,
    Text("文件中有一个时间戳不能采信。", "A time stamp of the document cannot be relied on."),
)
FACE_AGREES: Final = Finding(
    Step.SIGNATURE,
    "face-agrees",
    Outcome.PASSED,
    Text("页面上印的各项与附带的电子证照一致。", "What the page prints is what the attached licence says."),
)
FACE_DIFFERS: Final = Finding(
    Step.SIGNATURE,
    "face-differs",
    Outcome.FAILED,
    Text(
        "页面上印的内容与附带的电子证照不一致：",
        "What the page prints is not what the attached licence says:",
    ),
    REFUSE,
    sub_indication="HASH_FAILURE",
)
FACE_UNKNOWN: Final = Finding(
    Step.SIGNATURE,
    "face-not-comparable",
    Outcome.INDETERMINATE,
    Text(
        "不认识这种证照的版式，页面与电子证照未能逐项核对。",
        "The type is not known here: page and licence could not be compared.",
    ),
    Text("请当面逐项核对页面与上面列出的内容。", "Compare the page with what is listed, item by item."),
    sub_indication="SIG_CONSTRAINTS_FAILURE",
)

SEALER_VALID: Final = Finding(
    Step.PATH,
    "sealer-path-valid",
    Outcome.PASSED,
    Text("印章证书可信：", "The seal's certificate leads to a trust anchor:"),
)
SEALER_INVALID: Final = {
    reason: Finding(
        Step.PATH,
        f"sealer-{reason.value}",
        Outcome.FAILED,
        Text("印章证书不可信：", "The seal's certificate cannot be trusted:"),
        REFUSE,
        sub_indication="REVOKED" if reason is PathReason.REVOKED else "CHAIN_CONSTRAINTS_FAILURE",
    )
    for reason in PathReason
}
SEALER_UNKNOWN: Final = Finding(
    Step.PATH,
    "sealer-unknown",
    Outcome.INDETERMINATE,
    Text(
        "印章不是由本系统认可的证书机构认证的，无法确认盖章单位：",
        "No authority known here certified the seal; whose it is cannot be told:",
    ),
    Text("请通过盖章单位核实。", "Ask whoever it names."),
    sub_indication="NO_CERTIFICATE_CHAIN_FOUND",
)
SEALER_ENDED: Final = Finding(
    Step.PATH,
    "sealer-certificate-ended-unproven",
    Outcome.INDETERMINATE,
    Text(
        "印章证书已过期，而且没有仍然有效的时间戳证明当时已经签章。",
        "The seal's certificate has expired, and no time stamp that still holds proves that it was sealed before.",
    ),
    _ASK_ORIGINAL,
    sub_indication="OUT_OF_BOUNDS_NO_POE",
)
SEALER_REVOCATION_UNKNOWN: Final = Finding(
    Step.PATH,
    "sealer-revocation-list-stale",
    Outcome.INDETERMINATE,
    Text(
        "暂时无法判断印章证书是否已被吊销。", "Whether the seal's certificate was revoked is not known now."
    ),
    TRY_LATER,
    retry_helps=True,
    sub_indication="TRY_LATER",
)

SEALER_NOT_LISTED: Final = Finding(
    Step.AUTHORISATION,
    "sealer-not-on-trust-list",
    Outcome.FAILED,
    Text(
        "盖章单位的印章不在信任列表中，或已被撤出。",
        "The seal is not on the trust list of its region, or was withdrawn from it.",
    ),
    REFUSE,
    sub_indication="CHAIN_CONSTRAINTS_FAILURE",
)
SEALER_LISTED: Final = Finding(
    Step.AUTHORISATION,
    "sealer-on-trust-list",
    Outcome.PASSED,
    Text("盖章单位的印章在信任列表中：", "The seal is on the trust list of its region:"),
)
SEALER_LISTING_UNKNOWN: Final = Finding(
    Step.AUTHORISATION,
    "sealer-listing-unknown",
    Outcome.INDETERMINATE,
    Text(
        "信任列表不在手边或已过更新时间，无法判断印章是否登记。",
        "The trust list is not in hand or overdue; whether the seal is registered cannot be told.",
    ),
    TRY_LATER,
    retry_helps=True,
    sub_indication="TRY_LATER",
)
SEALED_BY_ISSUER: Final = Finding(
    Step.AUTHORISATION,
    "sealed-by-issuer",
    Outcome.PASSED,
    Text("盖章单位就是证照的签发机构。", "Whoever sealed the document issued the licence."),
)
SEALED_BY_ANOTHER: Final = Finding(
    Step.AUTHORISATION,
    "sealed-by-another",
    Outcome.FAILED,
    Text(
        "盖章单位不是所附证照的签发机构：文件与证照不是一套。",
        "Whoever sealed the document is not who issued the attached licence: they do not belong together.",
    ),
    REFUSE,
    sub_indication="CHAIN_CONSTRAINTS_FAILURE",
)
METADATA_DIFFERS: Final = Finding(
    Step.AUTHORISATION,
    "metadata-differs",
    Outcome.FAILED,
    Text("附带的元数据与电子证照不是同一份证照。", "The attached metadata speak of another licence."),
    REFUSE,
    sub_indication="HASH_FAILURE",
)

COPY_ENDED: Final = Finding(
    Step.VALIDITY,
    "annotated-copy-expired",
    Outcome.FAILED,
    Text("这份加注件已过有效期：", "This annotated copy has expired:"),
    Text("请持证人重新制作加注件。", "Ask for a new copy, made for this use."),
    sub_indication="EXPIRED",
)
COPY_FOR: Final = Finding(
    Step.REQUEST, "annotated-copy-for", Outcome.NEUTRAL, Text("加注件：", "An annotated copy:")
)
COPY_FOR_ANOTHER: Final = Finding(
    Step.REQUEST,
    "annotated-copy-for-another",
    Outcome.INDETERMINATE,
    Text("这份加注件是为其他单位制作的：", "This annotated copy was made for another recipient:"),
    Text(
        "请确认用途，或请持证人为本次办理重新制作。",
        "Make sure of its purpose, or ask for one made for this use.",
    ),
    sub_indication="SIG_CONSTRAINTS_FAILURE",
)
NO_HOLDER: Final = Finding(
    Step.HOLDER_BINDING,
    "document-names-no-bearer",
    Outcome.NEUTRAL,
    Text(
        "文件不能证明提交人就是持证人，请当面核对。",
        "A document does not prove that whoever brings it is the holder: compare the person.",
    ),
)
