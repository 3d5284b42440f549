"""What the invented people promise in public, and what becomes of it week by week, from a fixed seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from random import Random

from zhengyou.campaigns.models import Campaign, Duty
from zhengyou.commitments.actions import mass
from zhengyou.commitments.actions.writing import Draft, Words
from zhengyou.commitments.models import Commitment, Item
from zhengyou.journal.actions import Actor
from zhengyou.kit import clock
from zhengyou.org.actions import consents
from zhengyou.org.models import Consent
from zhengyou.site.story.days import SEED

PLACES = (
    "图书馆三楼",
    "二号教学楼",
    "学生宿舍五号楼",
    "实验楼机房",
    "东区食堂",
    "校医院门口",
    "体育馆",
    "行政楼一层",
    "语音教室",
    "北门值班室",
)
WHO = (
    "大一新生",
    "补考的同学",
    "家庭困难的同学",
    "同寝室的同学",
    "新来的同事",
    "低年级两个班",
    "实习的学生",
    "留校的同学",
    "夜班的同事",
    "来访的家长",
)
DEEDS = (
    ("每周{day}晚在{place}给{who}答疑一次，到期末满{n}次", "签到表上有日期和人数"),
    ("帮{n}名{who}一对一补一门课，每人不少于{m}次", "补考或期末成绩单"),
    ("把{place}的{n}件旧设备修好或登记报废", "修理登记单，坏的贴了条"),
    ("给{who}办{m}次讲座，讲自己工作里的一件难事", "讲座记录和听的人数"),
    ("在{place}做{n}个小时志愿服务，负责引导和解答", "值班表上本人签字"),
    ("读完{m}本专业书，每本写一页要点，贴在{place}", "{m}页要点贴出来"),
    ("把{who}常问的{n}个问题写成一页说明，放在{place}", "说明放好，问的人看得到"),
    ("走访{n}户{who}的家，回来把难处列成单子交支部", "走访单有日期和难处"),
    ("给{place}每层装{m}个书架，放{n}本旧书，谁都能借", "书架和借书本在那里"),
    ("整理{n}份{who}用得上的材料，放到网上供下载", "网上能找到，份数对得上"),
    ("带{m}名{who}参加一次竞赛，每周练{m}次", "报名表和练习记录"),
    ("把{place}的开放时间延长到晚上九点，每周值班{m}次", "门口贴了时间，值班表有签字"),
)  # fmt: skip
UNIT_DEEDS = (
    ("每月在{place}为{who}办一次集中答疑，全年{n}次", "每次的通知和签到"),
    ("结对帮扶{n}名{who}，每人每月谈一次", "结对名单和谈话登记"),
    ("把{place}的{m}项办事手续合成一张表，{who}一次办完", "新表贴出来，旧表收回"),
    ("收集{who}的意见{n}条，一条一条答复，张贴在{place}", "意见和答复贴在墙上"),
    ("为{who}修好{place}的{n}处灯和插座", "维修单和照片"),
    ("组织{n}名成员到{place}义务劳动{m}次", "名单、时间和做完的样子"),
)
PLANS = (
    "每月一次主题活动，由一个小组轮流主办，活动以后当场定下一件要改的事。",
    "先听{who}的意见，再定三件要办的事，办完一件贴一件。",
    "把学习、答疑和帮扶放在一起做，每两周一次，不另开会。",
)
GOALS = (
    "全年办成{n}件{who}看得见的事，年底请他们来评。",
    "每名成员至少帮一个人，困难的{who}都有人联系。",
    "本单位的办事时间缩短一半，来办事的人不跑第二趟。",
)
LESS = (
    "写清楚几次、到哪一天，别人好看得出做没做到。",
    "这一条是本来就该做到的，换一件您愿意多做的。",
    "时间写得太满，和考试周重了，请往后挪。",
)
DONE = (
    "按时做完了，记录都在支部的夹子里。",
    "做满了次数，最后一次来的人比第一次多一倍。",
    "做到了，东西放在那里，谁都可以去看。",
    "全部做完，签字的单子已经交给支部。",
)
UNIT_DONE = ("全部办完，每次都有通知和签到。", "办完了，答复和照片贴在一楼。")
DISPUTED = "签到表上只有三次，还差三次；补齐了再报。"
CHANGE = ("所在的班分开上课了，原来的时间凑不到一起", "改为每月两次，地点由听的人定，到期末满八次")
RELEASE = ("下半年到外校交换，人不在学校", "原来约好的同学和支部大会")
CAUSE = "那里整修了两个月，进不去人；已经同服务的人说明过。"


def write(duty: Duty) -> Words:
    """The promise behind a duty: a member's one item (now and then two), a unit's two or three with plan and goals."""
    rng = Random(SEED + 31 * duty.pk + duty.version)
    if duty.member_id is not None:
        items = [_item(rng, DEEDS, duty) for _n in range(1 if rng.random() < 0.88 else 2)]
        scope = rng.choices(("unit", "all", "web"), (6, 3, 1))[0]
        return Words(items, scope=scope, served=rng.choice(WHO))
    items = [_item(rng, UNIT_DEEDS, duty, owner=True) for _n in range(rng.choice((2, 2, 3)))]
    plan, goals = rng.choice(PLANS), rng.choice(GOALS)
    said = {"who": rng.choice(WHO), "n": str(rng.randint(3, 9))}
    return Words(items, plan.format(**said), goals.format(**said), scope=rng.choice(("all", "web")))


def _item(rng: Random, from_: Sequence[tuple[str, str]], duty: Duty, owner: bool = False) -> Draft:
    text, measure = rng.choice(from_)
    said = {
        "day": rng.choice("一二三四"),
        "place": rng.choice(PLACES),
        "who": rng.choice(WHO),
        "n": str(rng.randint(5, 24)),
        "m": str(rng.randint(2, 4)),
    }
    due = max(duty.due_on, duty.slot.due_on) + timedelta(days=rng.choice((45, 75, 105, 130, 160, 190)))
    name = rng.choice(("组织委员", "宣传委员", "学习委员", "第一小组组长", "第二小组组长")) if owner else ""
    kind = rng.choice(("post", "post", "common", "deed"))
    return Draft(text.format(**said), measure.format(**said), due, kind, owner_text=name)


def day(
    hand_in: Sequence[int], accept: Sequence[int], give_back: Mapping[int, str], *, by: Actor
) -> list[int]:
    """Play a day's commitments by duty id; returns those said aloud today, which their members confirm tomorrow."""
    aloud = [pk for pk in hand_in if pk % 401 == 0][:1]
    members = set(
        Duty.objects.filter(pk__in=aloud, member__isnull=False, commitment=None).values_list("pk", flat=True)
    )
    back = {pk: LESS[pk % len(LESS)] for pk in give_back}
    played = mass.DayOfPromises(
        note=sorted(members),
        hand_in=[pk for pk in hand_in if pk not in members],
        write=write,
        accept=accept,
        give_back=back,
    )
    mass.play(played, by=by)
    return sorted(members)


def keep(campaign: Campaign, *, by: Actor) -> None:
    """A week of keeping: what falls due is said to be done, what was said is confirmed; a few are changed, released, missed."""
    today = clock.today()
    rows = Item.objects.filter(
        commitment__campaign=campaign,
        commitment__state=Commitment.State.PUBLISHED,
        state__in=(Item.State.OPEN, Item.State.CLAIMED, Item.State.DISPUTED),
        due_on__lte=today + timedelta(days=10),
    ).values_list("pk", "state", "due_on", "commitment__member", "claimed_on", "changed")
    confirm: list[int] = []
    disputed = Item.objects.filter(commitment__campaign=campaign, events__kind="disputed").exists()
    claim: dict[int, str] = {}
    dispute: dict[int, str] = {}
    change: dict[int, tuple[str, str]] = {}
    release: dict[int, tuple[str, str]] = {}
    unkept: dict[int, str] = {}
    for pk, state, due, member, claimed, changed in rows:
        rng = Random(SEED + 17 * pk)
        fate, early = rng.random(), timedelta(days=rng.randint(-6, 9))
        if due is None:
            continue
        if state == Item.State.CLAIMED:
            if not disputed and member and rng.random() < 0.2:
                dispute[pk], disputed = DISPUTED, True
            elif claimed is None or claimed <= today - timedelta(days=3):
                confirm.append(pk)
        elif fate < 0.008 and state == Item.State.OPEN:
            release[pk] = RELEASE
        elif fate < 0.012 and state == Item.State.OPEN and due > today and not changed:
            change[pk] = (CHANGE[1], CHANGE[0])
        elif 0.012 <= fate < 0.02:
            if due + timedelta(days=14) < today:
                unkept[pk] = CAUSE if fate < 0.017 else ""
        elif today >= due - early:
            claim[pk] = rng.choice(DONE if member else UNIT_DONE)
    week = mass.DayOfPromises(
        claim=claim, confirm=confirm, dispute=dispute, change=change, release=release, unkept=unkept
    )
    if claim or confirm or dispute or change or release or unkept:
        mass.play(week, by=by)


def names_given(campaign: Campaign) -> None:
    """A dozen members whose promise is for more than their unit agree that their name stands beside it."""
    held = Commitment.objects.filter(
        campaign=campaign, state__gte=Commitment.State.PUBLISHED, member__isnull=False
    )
    for purpose, scope in ((consents.NAME_INSIDE, "all"), (consents.NAME_WEB, "web")):
        for one in held.filter(scope=scope).select_related("member").order_by("pk")[:6]:
            assert one.member is not None
            consents.give(one.member, purpose, by=one.member.actor)


def name_taken_back(campaign: Campaign) -> None:
    """The first of them who agreed to the open web takes it back: the name is gone from wall and posters at once."""
    given = (
        Consent.objects.filter(purpose=consents.NAME_WEB, dropped=None)
        .select_related("person")
        .order_by("pk")
    )
    if (one := given.first()) is not None:
        consents.withdraw(one.person, consents.NAME_WEB, by=one.person.actor)
