"""Invented people: names put together at random from lists of syllables, the same for the same seed."""

from __future__ import annotations

from random import Random

SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳"
    "酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞"
)
DOUBLE = ("欧阳", "司马", "上官", "诸葛", "东方", "尉迟")
FIRST = "若思明景文子雨晓嘉云知书清宜永安志远承泽梓秋春夏白青砚丹一亦以之望舒怀行立长向新国建海大光启凡维"
SECOND = (
    "谷源然行舟遥宁阳川岚枫青澜夏禾溪林峰宸涵语彤帆楠桐琪珂瑶璇轩宇航博辰悦欣妍薇萱芷茗杰磊涛鹏飞军华平生"
)
MINORITY = (
    "阿里木江·阿不都热合曼",
    "买合木提·吐尔逊",
    "古丽米热·艾尼瓦尔",
    "扎西·多吉",
    "巴特尔",
    "其其格",
    "卓玛·央金",
)
LATIN = ("Anna Keller", "Daniel Okoro", "Mei-Ling Tan")
RARE = ("𠮷田", "䶮")


def names(count: int, seed: int) -> list[str]:
    """`count` invented names; some occur twice, a few are long, Latin or written with rare characters."""
    rng = Random(seed)
    made: list[str] = []
    for i in range(count):
        if i % 197 == 61:
            made.append(MINORITY[(i // 197) % len(MINORITY)])
        elif i % 701 == 350:
            made.append(LATIN[(i // 701) % len(LATIN)])
        elif i == 1203:
            made.append(RARE[0][:2] + rng.choice(SECOND))
        else:
            surname = rng.choice(DOUBLE) if rng.random() < 0.012 else rng.choice(SURNAMES)
            given = rng.choice(SECOND) if rng.random() < 0.2 else rng.choice(FIRST) + rng.choice(SECOND)
            made.append(surname + given)
    return made
