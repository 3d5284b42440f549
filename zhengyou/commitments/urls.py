"""The room's doors: writing, reviewing, keeping; the wall's stand in `urls_wall`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

from zhengyou.commitments import urls_wall

urlpatterns: list[URLPattern | URLResolver] = [*urls_wall.urlpatterns]
