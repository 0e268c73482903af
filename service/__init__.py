"""What the three services stand on: settings, store connection, web kit, telemetry, command-line frame.

``service`` never imports a service: each service's commands and applications are entry points.
"""
