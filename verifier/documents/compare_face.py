"""Does the page say what the licence says? Line by line, and that it says nothing else.

The manifest tells where each value stands. It is believed only as far as all three agree: the value of the licence as it is
printed, the manifest's line, and the text that a viewer shows at that place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from keys.pdf_check import Printed
from standards.documents import VALID_PERIOD, FaceManifest, PrintedField, printed_value
from standards.documents.printed_value import printed_period
from standards.licence_types import COMMON_CLAIMS, LicenceType
from standards.text import Text

_PERIOD: Final = Text("有效期限", "Valid period")
_MAX_NAMED: Final = 5


@dataclass(frozen=True, slots=True)
class ComparedField:
    """One printed item.

    Attributes:
        name: of the claim.
        label: for people.
        licence: what the licence says, as it would be printed.
        page: what the page shows.
        agrees: whether they are the same.
    """

    name: str
    label: Text
    licence: str
    page: str
    agrees: bool

    def to_json(self) -> dict[str, object]:
        """JSON shape."""
        return {
            "name": self.name,
            "label": self.label.to_json(),
            "licence": self.licence,
            "page": self.page,
            "agrees": self.agrees,
        }


@dataclass(frozen=True, slots=True)
class ComparedFace:
    """The page against the licence.

    Attributes:
        fields: every item of the manifest.
        besides: characters on the page that neither the licence nor the layout accounts for, some of them.
    """

    fields: tuple[ComparedField, ...]
    besides: str

    @property
    def agrees(self) -> bool:
        """Whether all is the same and nothing else is there."""
        return bool(self.fields) and not self.besides and all(field.agrees for field in self.fields)

    @property
    def what_differs(self) -> Text:
        """Which items, for people."""
        names = [field.label for field in self.fields if not field.agrees][:_MAX_NAMED]
        if self.besides:
            names.append(Text("页面上另有文字", "further text on the page"))
        return Text("、".join(name.zh for name in names), ", ".join(name.en for name in names))


def compare_face(
    manifest: FaceManifest, printed: Printed, claims: Mapping[str, Any], licence_type: LicenceType
) -> ComparedFace:
    """Hold manifest, page and licence against each other.

    Args:
        manifest: as attached.
        printed: as read; its fields are those of the manifest, in their order.
        claims: of the licence, verified.
        licence_type: of the licence.
    """
    shown = (*printed.fields, *[""] * len(manifest.fields))
    fields = tuple(
        _compare(one, text, claims, licence_type) for one, text in zip(manifest.fields, shown, strict=False)
    )
    upright = _left_over("".join(printed.pages), [one.text for one in manifest.fields], manifest.fixed)
    slanted = _left_over(printed.slanted, (), [manifest.watermark] if manifest.watermark else [])
    besides = upright + slanted
    return ComparedFace(fields, besides[:40])


def _left_over(shown: str, once: Iterable[str], repeated: Iterable[str]) -> str:
    """Characters that are in none of the texts. Each text is there once; those of a layout may stand more often, whole.

    A manifest lists a label as often as it is printed; one that lists it once is read too.
    """
    left = Counter(shown)
    for text in once:
        left.subtract(_plain(text))
    if any(count < 0 for count in left.values()):
        # Something is missing from the page: the comparison of its own item says which.
        left = +left
    texts = [Counter(_plain(text)) for text in repeated]
    for needed in texts:
        if needed <= left:
            left -= needed
    for needed in sorted(texts, key=Counter.total, reverse=True):
        while needed and needed <= left:
            left -= needed
    return "".join(sorted((+left).elements()))


def _compare(
    printed: PrintedField, shown: str, claims: Mapping[str, Any], licence_type: LicenceType
) -> ComparedField:
    if printed.name == VALID_PERIOD:
        label, expected = _PERIOD, printed_period(claims)
    else:
        known = licence_type.field(printed.name) or COMMON_CLAIMS.get(printed.name)
        if known is None:
            return ComparedField(printed.name, Text(printed.label, printed.label), "", shown, agrees=False)
        label, expected = known.label, printed_value(known, claims.get(printed.name))
    same = _plain(expected) == _plain(printed.text) == _plain(shown)
    return ComparedField(printed.name, label, expected, shown, same)


def _plain(text: str) -> str:
    return "".join(character for character in text if not character.isspace())
