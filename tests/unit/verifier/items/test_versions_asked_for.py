"""An item asks for a licence of a type, whatever version of the type it is printed on."""

from __future__ import annotations

from dataclasses import replace

from standards.licence_types import vct_of
from verifier.items import load_items
from verifier.items.item_query import VERSIONS_AHEAD, build_item_query


def test_every_version_is_asked_for_the_newest_known_one_first() -> None:
    item = next(iter(load_items()))
    material = item.materials[0]
    accepted = material.accepts[0]
    third = replace(accepted, licence_type=replace(accepted.licence_type, version="3"))
    changed = replace(item, materials=(replace(material, accepts=(third,)),))
    code = accepted.licence_type.code
    numbers = [3, 2, 1, *range(4, 4 + VERSIONS_AHEAD)]
    assert build_item_query(changed).credentials[0].types == tuple(vct_of(code, str(one)) for one in numbers)
