"""How people come to have an account: a director adds them. Nobody signs up by themselves."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """allauth's adapter with open sign-up closed."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
