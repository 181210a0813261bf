"""What the API's views share: JSON alone, bounded pages, and the way into a program."""

from collections.abc import Sequence
from typing import Any

from rest_framework.generics import GenericAPIView
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.parsers import JSONParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request

from cases.programs.access import enter_program
from cases.programs.models import Membership, Program


class Pages(LimitOffsetPagination):
    """``limit`` (1 to 200, 50 unless told) and ``offset``."""

    default_limit = 50
    max_limit = 200


class OneKind(BaseContentNegotiation):
    """Every address has one media type, and sends it whatever the client says it accepts."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        sent = request.content_type.partition(";")[0].strip()
        return next((parser for parser in parsers if parser.media_type == sent), None)

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class ApiView(GenericAPIView):
    """JSON in, JSON out."""

    content_negotiation_class = OneKind
    parser_classes = (JSONParser,)
    renderer_classes: Sequence[type[BaseRenderer]] = (JSONRenderer,)
    pagination_class = Pages

    @property
    def is_fake(self) -> bool:
        """Whether only the schema is being made: there is no program and no person then."""
        return getattr(self, "swagger_fake_view", False)


class ProgramApiView(ApiView):
    """A view under ``programs/<slug>/``. ``permission`` is one of ``programs.policies``, as for the pages.

    Who is not a member gets 404, whose role may not gets 403.
    """

    permission: str
    membership: Membership
    program: Program

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.membership = enter_program(request.user, kwargs["slug"], self.permission)  # type: ignore[arg-type]
        self.program = self.membership.program


class DicomRenderer(BaseRenderer):
    """Names the type for the schema; the bytes are sent as they are."""

    media_type = "application/dicom"
    format = "dcm"
    render_style = "binary"


class PngRenderer(BaseRenderer):
    """Names the type for the schema; the bytes are sent as they are."""

    media_type = "image/png"
    format = "png"
    render_style = "binary"
