"""Which kind of browser somebody uses, for them to recognise it in a list."""

from __future__ import annotations

from typing import Final


def device_of(user_agent: str) -> str:
    """Which kind of browser a header names, in a few words that its owner recognises; empty when it says nothing known.

    Never the header itself: it is long, and tells more than is needed.
    """
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return " · ".join(part for part in (browser, system) if part)


_BROWSERS: Final = (
    ("MicroMessenger", "微信 WeChat"), ("Edg/", "Edge"), ("HuaweiBrowser", "Huawei"), ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS: Final = (
    ("HarmonyOS", "HarmonyOS"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"),
    ("Windows", "Windows"), ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip
