"""The web kit of the three services: one application factory, one look, one way to fail, one way to sign in.

A service calls :func:`service.web.application.create_web_app`, registers the blueprints of its features, and, when
people use it, :func:`service.web.sign_in.install_sign_in`.
"""
