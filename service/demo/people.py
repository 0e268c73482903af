"""The people of the demo, defined once: five citizens, and the staff of two departments. All are fictional.

Identity numbers begin with the division 990101, which GB/T 2260 does not assign, and carry a right check digit
(GB 11643), so that they pass every form check and can be nobody's.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

from standards.text import Text

CITIZEN_IDENTITY_NUMBER = "111"
"""Code type of the citizen identity number (GB/T 36903 annex A)."""

IN_PERSON_ACR = "urn:elicence:demo:in-person"
"""What the nation's provider of the demo says of how it identified people."""

PROVINCE_ACR = "urn:elicence:demo:by-phone"
"""What the province's says."""

Post = Literal["citizen", "issuer clerk", "issuer approver", "window clerk", "window approver"]


POSTS: Mapping[Post, Text] = {
    "citizen": Text("居民", "citizen"),
    "issuer clerk": Text("发证机关经办", "issuer, clerk"),
    "issuer approver": Text("发证机关审批", "issuer, approver"),
    "window clerk": Text("窗口受理", "window, clerk"),
    "window approver": Text("窗口审核", "window, approver"),
}
"""Each post in words."""


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody who can sign in at the demo's identity provider."""

    subject: str
    """``sub`` at the identity provider, and what one types or clicks there to sign in."""
    name: str
    """Full name."""
    latin_name: str
    """The name in Latin letters, for English pages and logs of the journey."""
    number: str
    """Citizen identity number (GB 11643)."""
    post: Post
    """What the person does in the demo."""

    @property
    def portrait(self) -> str | None:
        """A drawn picture of the person, JPEG in base64; ``None`` for staff, of whom there is none."""
        return _portrait(self.subject)

    @property
    def code_type(self) -> str:
        """Kind of the identity number."""
        return CITIZEN_IDENTITY_NUMBER

    def oidc_claims(self) -> dict[str, str]:
        """What the identity provider says about the person (OpenID Connect Core §5.1, and two claims of ours)."""
        return {
            "sub": self.subject,
            "name": self.name,
            "id_code_type": self.code_type,
            "id_number": self.number,
            "acr": IN_PERSON_ACR,
        }


CITIZENS: tuple[DemoPerson, ...] = (
    DemoPerson("zhang-xiaoming", "张小明", "Zhang Xiaoming", "990101198805120016", "citizen"),
    DemoPerson("li-xiaohong", "李小红", "Li Xiaohong", "990101199203080023", "citizen"),
    DemoPerson("wang-dawei", "王大为", "Wang Dawei", "990101197511230039", "citizen"),
    DemoPerson("chen-jing", "陈静", "Chen Jing", "990101196607150047", "citizen"),
    DemoPerson("zhao-lei", "赵磊", "Zhao Lei", "990101200001010057", "citizen"),
)
"""Holders of the demo's licences. The first, Zhang Xiaoming, walks the journey."""

STAFF: tuple[DemoPerson, ...] = (
    DemoPerson("issuer-clerk", "孙经办", "Sun Jingban", "990101198102140061", "issuer clerk"),
    DemoPerson("issuer-approver", "周审批", "Zhou Shenpi", "990101197909090072", "issuer approver"),
    DemoPerson("window-clerk", "吴窗口", "Wu Chuangkou", "990101199010100083", "window clerk"),
    DemoPerson("window-approver", "郑审核", "Zheng Shenhe", "990101198404040090", "window approver"),
)
"""Staff. Each department enrols its own at seeding (issuer: clerk and approver; verifier: window clerk and approver)."""

EVERYBODY: tuple[DemoPerson, ...] = CITIZENS + STAFF
"""All who can sign in."""


@cache
def _portrait(subject: str) -> str | None:
    file = resources.files(__package__).joinpath("portraits", f"{subject}.jpg")
    return base64.b64encode(file.read_bytes()).decode("ascii") if file.is_file() else None


def person(subject: str) -> DemoPerson:
    """The person with this ``sub``; ``KeyError`` when there is none."""
    for one in EVERYBODY:
        if one.subject == subject:
            return one
    raise KeyError(subject)
