"""The one form of an item (R11): filled from what was shown, each field with its source; typed in once where no licence says it."""

from verifier.forms.fill_form import FilledField, FilledForm, Source, fill_form
from verifier.forms.typed_values import InvalidFormError, parse_typed_values

__all__ = ["FilledField", "FilledForm", "InvalidFormError", "Source", "fill_form", "parse_typed_values"]
