"""Scanning: show-licence codes and printed sheets at this window: seen once, checked, redeemed, checked again."""
