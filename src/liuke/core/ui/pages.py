"""Whole pages that an edge answers with."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def form_page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """The page of a form; shown again after a post, it answers 422: nothing was done."""
    return render(request, template, context, status=422 if request.method == "POST" else 200)
