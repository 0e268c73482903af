"""Layouts that an authority makes for its licences: drafted, looked at, approved by a second person, kept in versions."""
