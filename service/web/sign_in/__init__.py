"""Sign-in through OpenID Connect, and the session that follows.

Views use :func:`signed_in` (or :func:`require_person`) and :func:`current_person`; who the provider is and what its
claims are called is configuration.
"""

from service.web.sign_in.guard import current_person, require_person, signed_in
from service.web.sign_in.installation import install_sign_in
from service.web.sign_in.person import Person

__all__ = ["Person", "current_person", "install_sign_in", "require_person", "signed_in"]
