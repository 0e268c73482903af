"""Why a mandate does not carry what somebody does under it; the same reasons in the wallet and at the window."""

from __future__ import annotations

from enum import StrEnum

from standards.text import Text


class GrantRefusal(StrEnum):
    """Reasons; the values are stable codes of findings and problems."""

    NOT_YET_VALID = "grant-not-yet-valid"
    EXPIRED = "grant-expired"
    LICENCE_TYPE = "grant-licence-type-not-covered"
    SERVICE_ITEM = "grant-service-item-not-covered"
    DIVISION = "grant-division-not-covered"
    MISSING = "grant-missing"
    OTHER_SUBJECT = "grant-of-another-subject"
    OTHER_AGENT = "grant-for-another-person"
    OTHER_CAPACITY = "grant-in-another-capacity"
    PARENT_MISSING = "grant-parent-missing"
    PARENT_UNSUITABLE = "grant-parent-unsuitable"
    WIDER_THAN_PARENT = "grant-wider-than-parent"

    @property
    def message(self) -> Text:
        """A sentence for a clerk and for the person who acts."""
        return _MESSAGES[self]


_MESSAGES = {
    GrantRefusal.NOT_YET_VALID: Text("授权尚未生效。", "The grant is not in force yet."),
    GrantRefusal.EXPIRED: Text("授权已到期。", "The grant has ended."),
    GrantRefusal.LICENCE_TYPE: Text("授权不包括此类证照。", "The grant does not cover this type of licence."),
    GrantRefusal.SERVICE_ITEM: Text("授权不包括此事项。", "The grant does not cover this service item."),
    GrantRefusal.DIVISION: Text("授权不包括此地区。", "The grant does not cover this region."),
    GrantRefusal.MISSING: Text("没有出示授权。", "No grant was shown."),
    GrantRefusal.OTHER_SUBJECT: Text("授权不是由持证人作出的。", "The grant is not the holder's."),
    GrantRefusal.OTHER_AGENT: Text("授权是给另一人的。", "The grant is for another person."),
    GrantRefusal.OTHER_CAPACITY: Text(
        "授权的身份与出示的身份不符。", "The grant is for another capacity than the one shown."
    ),
    GrantRefusal.PARENT_MISSING: Text(
        "没有出示授权所依据的上级授权。", "The grant that this one rests on was not shown."
    ),
    GrantRefusal.PARENT_UNSUITABLE: Text(
        "授权所依据的上级授权不能再授权。", "The grant that this one rests on gives no right to grant."
    ),
    GrantRefusal.WIDER_THAN_PARENT: Text(
        "授权超出了上级授权的范围。", "The grant goes beyond the one that it rests on."
    ),
}
