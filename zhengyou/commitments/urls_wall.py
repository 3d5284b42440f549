"""The doors of the wall: reading in public, posters, questions, deeds."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
