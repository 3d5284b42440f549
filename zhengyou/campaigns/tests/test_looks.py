"""A member's task opened by somebody else is a look that the member can read; the own one is none."""

from django.urls import reverse

from zhengyou.campaigns.tests import play
from zhengyou.org.models import Look
from zhengyou.org.tests.builder import client


def test_opening_a_members_task_is_kept_for_the_member(school):
    play.run(play.member_task("theme", review=("parent",), review_mode="each"))
    duty = play.hand_in(school.member, school.member, "theme")
    client(school.member).get(reverse("duty", args=[duty.pk]))
    assert not Look.objects.exists()
    client(school.secretary).get(reverse("duty", args=[duty.pk]))
    client(school.secretary).get(reverse("review", args=[duty.pk]))
    look = Look.objects.get()
    assert (look.person, look.by, look.what, look.n) == (school.member, school.secretary, "task", 2)
    assert (
        "打开了您的任务，2 次" in client(school.member).get(reverse("me"), {"part": "looks"}).content.decode()
    )


def test_a_units_task_is_nobodys(school):
    play.run(play.unit_task("report"))
    client(school.secretary).get(reverse("duty", args=[play.duty_of(school.branch).pk]))
    assert not Look.objects.exists()
