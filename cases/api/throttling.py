"""How often a token may be asked for."""

from rest_framework.throttling import AnonRateThrottle


class TokenThrottle(AnonRateThrottle):
    """By address. Wrong passwords for one account are counted by allauth, together with those of the sign-in page."""

    scope = "token"
    rate = "30/minute"
