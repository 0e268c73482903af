"""Signing in at the demo's identity provider, as a person does in a browser."""

from __future__ import annotations

from urllib.parse import quote

from playwright.sync_api import Page


def sign_in(page: Page, service: str, subject: str, next_path: str = "/") -> None:
    """From the sign-in page of a service through the provider back to ``next_path``.

    Args:
        page: of a browser context of its own: that is one person's browser.
        service: address of the service.
        subject: whom to choose at the provider.
        next_path: page of the service to arrive at.
    """
    page.goto(f"{service}/sign-in?next={quote(next_path)}")
    choose_person(page, subject)
    page.wait_for_url(lambda address: address.startswith(service))


def choose_person(page: Page, subject: str) -> None:
    """At the provider's page: click the person."""
    page.get_by_role("button", name=subject, exact=True).click()
