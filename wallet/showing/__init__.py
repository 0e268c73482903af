"""The show-licence code (亮证): a code that a phone makes by itself every minute, for a day at a time."""
