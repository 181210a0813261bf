"""Pages of a program itself: where one starts, and its people."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """The signed-in person's programs."""
    return render(request, "programs/home.html")
