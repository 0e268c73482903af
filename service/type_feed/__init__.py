"""What licence types that were made elsewhere are called, and how their licences are shown."""

from service.type_feed.feed import TypeFeed

__all__ = ["TypeFeed"]
