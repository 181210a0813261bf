"""The link by which a new member sets their first password."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import send_mail
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from cases.programs.models import Membership, User


def password_link(request: HttpRequest, user: User) -> str:
    """The full address of the page on which ``user`` sets a password. Valid once, for three days."""
    key = default_token_generator.make_token(user)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
    return request.build_absolute_uri(path)


def invite(request: HttpRequest, membership: Membership) -> str | None:
    """Write to a new member. Returns the link where it may be shown on the page: on a laptop, with DEBUG on.

    Someone who already has a password gets no link: a director must not be able to take over an account.
    """
    user = membership.user
    link = None if user.has_usable_password() else password_link(request, user)
    text = render_to_string(
        "programs/invitation.txt",
        {"membership": membership, "link": link, "sign_in": request.build_absolute_uri(reverse("account_login"))},
    )
    send_mail(f"{membership.program} on {settings.SITE_NAME}", text, None, [user.email])
    return link if settings.DEBUG else None
