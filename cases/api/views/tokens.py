"""Tokens: got for an e-mail address and password, given back when no longer needed."""

from allauth.account.adapter import get_adapter
from allauth.account.utils import has_verified_email
from django.conf import settings
from django.core.exceptions import ValidationError
from drf_spectacular.utils import extend_schema
from knox.auth import TokenAuthentication
from knox.models import AuthToken
from rest_framework import exceptions, status
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.base import ApiView
from cases.api.serializers.people import CredentialsSerializer, TokenSerializer
from cases.api.throttling import TokenThrottle
from cases.programs.models import User


class TokenView(ApiView):
    """The token itself."""

    authentication_classes = (TokenAuthentication,)
    serializer_class = CredentialsSerializer

    def get_permissions(self) -> list:
        return [AllowAny()] if self.request is None or self.request.method == "POST" else [IsAuthenticated()]

    def get_throttles(self) -> list:
        return [TokenThrottle()] if self.request.method == "POST" else []

    @extend_schema(
        operation_id="token_create", summary="Get a token", auth=[], responses={201: TokenSerializer}, tags=["token"]
    )
    def post(self, request: Request) -> Response:
        """Send it with every request as `Authorization: Token …` until it expires."""
        credentials = self.get_serializer(data=request.data)
        credentials.is_valid(raise_exception=True)
        user = self._authenticated(request, **credentials.validated_data)
        token, secret = AuthToken.objects.create(user)
        body = TokenSerializer({"token": secret, "expires_at": token.expiry}).data
        return Response(body, status=status.HTTP_201_CREATED, headers={"Cache-Control": "no-store"})

    @extend_schema(operation_id="token_delete", summary="Give the token back", responses={204: None}, tags=["token"])
    def delete(self, request: Request) -> Response:
        """The token of this very request is no longer valid."""
        request.auth.delete()
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _authenticated(self, request: Request, email: str, password: str) -> User:
        try:
            user = get_adapter().authenticate(request._request, email=email, password=password)
        except ValidationError as error:
            raise exceptions.Throttled(detail=error.messages[0]) from error
        # allauth leaves these two to its sign-in pages.
        if user is None or not user.is_active:
            raise exceptions.AuthenticationFailed("The e-mail address or the password is not right.")
        if settings.ACCOUNT_EMAIL_VERIFICATION == "mandatory" and not has_verified_email(user):
            raise exceptions.AuthenticationFailed("Confirm your e-mail address first: sign in on the site once.")
        return user
