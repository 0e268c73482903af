"""What licence types that were made elsewhere are called, and how their licences are shown."""

from service.type_feed.documents import TypeDocuments, fetch_type, origin_of
from service.type_feed.feed import TypeFeed

__all__ = ["TypeDocuments", "TypeFeed", "fetch_type", "origin_of"]
