"""The files that are attached to a licence's document (PDF/A-3: ISO 19005-3 section 6.8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from standards.text import Text


@dataclass(frozen=True, slots=True)
class Attached:
    """One attachment: its file name, its media type, and how it relates to the page (AFRelationship, ISO 32000-2 table 43)."""

    name: str
    media_type: str
    relationship: str
    description: Text


CREDENTIAL: Final = Attached(
    "credential.txt",
    "application/dc+sd-jwt",
    "alternative",
    Text("机器可读的电子证照（SD-JWT VC）", "The licence for machines (SD-JWT VC)"),
)
METADATA: Final = Attached(
    "metadata.json",
    "application/json",
    "data",
    Text("证照元数据（GB/T 36903）", "Metadata of the licence (GB/T 36903)"),
)
FACE: Final = Attached(
    "face.json",
    "application/json",
    "supplement",
    Text("照面各项的位置", "What stands where on the page"),
)
