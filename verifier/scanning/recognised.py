"""What can come under a scanner, as a closed union. Nothing of it is verified; nothing of it is executed or followed."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from standards.text import Text
from verifier.scanning.foreign_kind import NAMES, ForeignKind


class Carrier(StrEnum):
    """How a text came."""

    TYPED = "typed"
    """By a scanner, by hand, or as a text file."""
    PICTURE = "picture"
    SCREENSHOT = "screenshot"
    PHOTOGRAPH = "photograph"
    PDF = "pdf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """What all of them have.

    Attributes:
        carrier: how it came.
        beside: how many further codes, none of ours, stood beside it.
    """

    carrier: Carrier = Carrier.TYPED
    beside: int = 0


@dataclass(frozen=True, slots=True)
class ShowCode(Recognised):
    """A show-licence code, ``ELC1:``. It lives on screens and for a minute: in a file it is a picture of somebody's screen."""

    text: str

    @property
    def is_picture_of_screen(self) -> bool:
        """Whether somebody handed over a picture of it instead of holding the phone under the scanner."""
        return self.carrier is not Carrier.TYPED


@dataclass(frozen=True, slots=True)
class Sheet(Recognised):
    """A printed sheet, ``ELP1:``."""

    text: str


@dataclass(frozen=True, slots=True)
class DocumentCode(Recognised):
    """The code on a printed licence, ``ELD1:``."""

    text: str


@dataclass(frozen=True, slots=True)
class CaseCode(Recognised):
    """The code of a case, ``ELB1:``, here or elsewhere."""

    text: str


@dataclass(frozen=True, slots=True)
class TerminalCode(Recognised):
    """The enrolment code of a terminal, ``ELT1:``: for a device's own page, not for the desk."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Credential(Recognised):
    """An SD-JWT VC, with or without key binding."""

    text: str


@dataclass(frozen=True, slots=True)
class PresentationResponse(Recognised):
    """The ``vp_token`` of an OpenID4VP response: presentations, as they stand, with their query ids."""

    presentations: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Claim169(Recognised):
    """An identity code: Base45 of zlib of a COSE message (CWT Claim 169)."""

    text: str


@dataclass(frozen=True, slots=True)
class PdfFile(Recognised):
    """A PDF document without a code of ours on its pages.

    Attributes:
        pages: how many it has.
        pages_read: on how many of them codes were looked for.
        signatures: signature fields that it has; none of them is checked here.
        encrypted: it opens with a password only.
    """

    pages: int
    pages_read: int
    signatures: int
    encrypted: bool = False


@dataclass(frozen=True, slots=True)
class Several(Recognised):
    """More than one code of ours in one picture or document: which is meant, nobody guesses."""

    found: tuple[Known, ...]


@dataclass(frozen=True, slots=True)
class Foreign(Recognised):
    """Anything else.

    Attributes:
        kind: what it is.
        excerpt: a few harmless characters of it, or empty where they are secret or personal.
    """

    kind: ForeignKind
    excerpt: str = ""

    @property
    def is_what(self) -> Text:
        """What it is, in one sentence."""
        return NAMES[self.kind].what

    @property
    def ask_for(self) -> Text:
        """What to ask the citizen for."""
        return NAMES[self.kind].ask


Known = (
    ShowCode | Sheet | DocumentCode | CaseCode | TerminalCode | Credential | PresentationResponse | Claim169
)
"""What the window can do something with."""

AnyRecognised = Known | PdfFile | Several | Foreign
"""Everything that :func:`verifier.scanning.recognise.recognise` answers."""
