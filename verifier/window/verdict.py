"""The verdict in one sentence, from a report in its wire shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from standards.text import Text

STEP_NAMES: Final[Mapping[int, Text]] = {
    1: Text("格式", "Form"),
    2: Text("签发机构签名", "Issuer's signature"),
    3: Text("机构证书", "Issuer's certificate"),
    4: Text("签发权限", "Right to issue"),
    5: Text("有效期", "Validity"),
    6: Text("证照状态", "Status"),
    7: Text("本人持有", "Held by the person"),
    8: Text("回应本次请求", "Answers this request"),
    9: Text("事项规则", "Rule of the item"),
}
"""The nine steps of verification, as a clerk calls them."""

SIGNS: Final[Mapping[str, str]] = {
    "passed": "success",
    "failed": "danger",
    "indeterminate": "warning",
    "neutral": "info",
}
"""Outcome → sign of the web kit."""

_PASSED: Final = Text(
    "证照真实有效，由持有人出示，可以受理。",
    "The licences are genuine, valid and shown by their holder. You can accept.",
)
_PASSED_BY_OTHER: Final = Text(
    "证照真实有效，由有权代办的人出示，核对其身份证件后可以受理。",
    "The licences are genuine and valid, shown by somebody who may act for the holder. Compare the person's identity "
    "document, then you can accept.",
)
_REST_ON_PAPER: Final = Text(
    "出示的证照真实有效，其余必需材料已收纸质。核对纸质原件后可以受理。",
    "What was shown is genuine and valid, and the rest is there on paper. Look at the paper, then you can accept.",
)
_ALL_ON_PAPER: Final = Text(
    "没有出示证照，必需材料都已收纸质。核对纸质原件后可以受理。",
    "No licence was shown; all that is needed is there on paper. Look at the paper, then you can accept.",
)
_CHECKED: Final = Text("证照真实有效。", "The licence is genuine and valid.")
_DECISIVE: Final = {"FAILED": "failed", "INDETERMINATE": "indeterminate"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Shape, colour and sentence."""

    indication: str
    sentence: Text
    next_step: Text | None
    title: Text | None = None
    """Instead of the words that go with the indication."""


def verdict_of(report: Mapping[str, Any], *, presented: bool = True) -> Verdict:
    """The verdict; ``presented`` tells an answer to a request from a licence that was only handed over."""
    indication = str(report["indication"])
    wanted = _DECISIVE.get(indication)
    for finding in report["findings"]:
        if finding["outcome"] == wanted:
            following = finding["next"]
            return Verdict(indication, Text(**finding["message"]), Text(**following) if following else None)
    if not presented:
        return Verdict(indication, _CHECKED, None)
    by_other = any(str(finding["code"]).startswith("shown-by-") for finding in report["findings"])
    return Verdict(indication, _PASSED_BY_OTHER if by_other else _PASSED, None)


def text_of(value: Mapping[str, str]) -> Text:
    """A text in its wire shape, for templates."""
    return Text(**value)


def verdict_with_paper(*, shown: bool) -> Verdict:
    """What was not shown is there on paper, so a person looks at it before deciding; ``shown``: whether anything else was."""
    return Verdict(
        "INDETERMINATE",
        _REST_ON_PAPER if shown else _ALL_ON_PAPER,
        None,
        Text("含纸质材料", "With paper") if shown else Text("全部为纸质材料", "All on paper"),
    )
