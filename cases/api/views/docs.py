"""The documentation page, and the answer to addresses that do not exist."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.views import SpectacularSwaggerSplitView

from cases.api.problems import problem


class DocsView(SpectacularSwaggerSplitView):
    """Swagger UI from this site's own static files, without inline script or style, as its policy asks."""

    url_name = "api:schema"
    template_name = "api/docs.html"


@csrf_exempt  # it does nothing, and 404 says more than 403
def no_such_address(request: HttpRequest, rest: str) -> JsonResponse:
    """404 for whatever no route knows."""
    return problem(404, "There is nothing at this address. See /api/docs/ for what there is.")
