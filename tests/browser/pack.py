"""A pack and a roster of the tests' own, dated around today: what an office brings that has nothing else."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

PACK = """language: 1
pack: {{id: own-campaign, version: "1.0", zh: 安全月活动, en: Safety month}}
organisation:
  unit_kinds:
    company: {{zh: 公司}}
    shop: {{zh: 车间, parent: company, endings: [车间]}}
  posts:
    secretary: {{zh: 车间主任, on: [shop], first_responsible: yes, may: [hand_in, review, exempt, see_names, slips]}}
  kinds:
    category:
      worker: {{zh: 工人}}
  affiliation: {{evidence: either}}
  terms:
    member: {{zh: 职工}}
    unit: {{zh: 车间}}
  reasons:
    exempt:
      away: {{zh: 外出}}
rules:
  zone: Asia/Shanghai
  counts_when: accepted
  joiners: owe
  returned_days: 3
audiences:
  everybody: {{zh: 全体职工, where: [category = worker]}}
programmes:
  safety:
    kind: campaign
    zh: 安全月
    phases:
      p1:
        zh: 排查
        from: {start}
        to: {end}
        tasks:
          look: {{zh: 岗位隐患排查, who: everybody, form: report, due: null, review: {{by: [parent], mode: each}}}}
          plan: {{zh: 车间整改计划, who: shop, form: plan, review: {{by: [office], mode: each}}}}
open:
  look.due:
    ask: 岗位隐患排查哪一天交
    says: 通知只说月底前，没写哪一天
"""
ROSTER = """工号,姓名,所在单位,类别,职务
00001,周砚青,一车间,工人,车间主任
00002,林知夏,一车间,工人,
00003,欧阳慧敏,一车间,工人,
00004,罗培元,二车间,工人,车间主任
00005,汪一帆,二车间,工人,
合计,5,,,
"""


def write(room: Path) -> tuple[Path, Path, str]:
    """The pack file, the roster file, and the day that answers the pack's one question."""
    start, end = date.today() - timedelta(days=3), date.today() + timedelta(days=27)
    pack, roster = room / "own-campaign.yaml", room / "花名册.csv"
    pack.write_text(PACK.format(start=start, end=end), encoding="utf-8")
    roster.write_bytes(ROSTER.encode("gb18030"))
    return pack, roster, (date.today() + timedelta(days=10)).isoformat()
