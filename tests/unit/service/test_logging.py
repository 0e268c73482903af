from __future__ import annotations

import orjson
import pytest

from service.telemetry.logging import drop_private_fields, name_exception


def test_private_fields_never_reach_the_log() -> None:
    event = drop_private_fields(
        None, "info", {"event": "x", "holder_number": "990101", "token": "t", "status": 200}
    )
    assert (
        orjson.dumps(event) == b'{"event":"x","holder_number":"(withheld)","token":"(withheld)","status":200}'
    )


def test_an_exception_is_named_but_not_quoted() -> None:
    with pytest.raises(ValueError) as raised:
        raise ValueError("张小明 990101")
    event = name_exception(None, "error", {"event": "x", "exc_info": raised.value})
    assert event["error"] == "ValueError"
    assert "张小明" not in str(event)
    assert any("test_an_exception" in place for place in event["at"])
