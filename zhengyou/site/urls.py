"""All addresses: the frame's own doors, then each room's."""

from __future__ import annotations

from allauth.account import views as account
from allauth.usersessions import views as usersessions
from django.urls import URLPattern, URLResolver, include, path, re_path

from zhengyou.org import urls as org
from zhengyou.site import faults, views
from zhengyou.site.following import FOLLOW
from zhengyou.site.remembering import ABOUT

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("sign-in/", views.SignIn.as_view(), name="account_login"),
    path("sign-out/", account.logout, name="account_logout"),
    path("account/password/", views.NewPassword.as_view(), name="account_change_password"),
    path("account/password/first/", views.FirstPassword.as_view(), name="account_set_password"),
    path("account/devices/", usersessions.list_usersessions, name="usersessions_list"),
    path("account/alive/", views.alive, name="alive"),
    path("language/", views.language, name="language"),
    path("demo/", views.demo, name="demo"),
    re_path(r"^brand-(?P<colour>[0-9a-f]{6})\.css$", views.brand, name="brand"),
    path("", include("zhengyou.overview.urls")),
    path("", include("zhengyou.plans.urls")),
    path("", include("zhengyou.commitments.urls")),
    path("", include("zhengyou.campaigns.urls")),
    path("", include(org.doors(FOLLOW, ABOUT))),
]

handler400 = faults.bad_request
handler403 = faults.denied
handler404 = faults.missing
handler500 = faults.broken
