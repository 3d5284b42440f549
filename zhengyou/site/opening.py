"""Opening a data directory: refuse a newer one, copy and migrate an older one, start Django on it."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

from zhengyou.site import data
from zhengyou.site.words import english
from zhengyou.site.words import gettext as _

Say = Callable[[str], None]


def point_at(root: Path) -> Path:
    """Make `root` the data directory of this process and its children; checks its version. Raises Unusable."""
    root = root.resolve()
    os.environ["ZHENGYOU_DATA"] = str(root)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhengyou.site.settings")
    try:
        version = data.version_of(root)
    except ValueError:
        raise data.Unusable(
            _("{path} 里的 version 文件读不懂：这不是争优的数据目录。").format(path=root)
        ) from None
    if version is not None and version > data.VERSION:
        raise data.Unusable(
            _(
                "数据目录 {path} 是更新的版本（{theirs}）留下的，这个程序只认得 {ours}。请换上新版程序。"
            ).format(path=root, theirs=version, ours=data.VERSION)
        )
    try:
        data.prepare(root)
    except OSError as fault:
        raise data.Unusable(
            _("数据目录 {path} 写不进去：{why}").format(path=root, why=fault.strerror)
        ) from None
    return root


def start(root: Path, say: Say) -> None:
    """Start Django on the directory and bring its tables up to date; an older database is copied first."""
    import django
    from django.utils import translation

    point_at(root)
    django.setup()
    translation.activate("en" if english() else "zh-hans")
    migrate(root, say)


def start_reading(root: Path) -> None:
    """Start Django for a command that only reads a file: no directory is made, no table touched, for --data unused."""
    import django
    from django.utils import translation

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhengyou.site.settings")
    if data.version_of(root) is None:
        os.environ["ZHENGYOU_DATA"] = str(data.throwaway())
    else:
        point_at(root)
    django.setup()
    translation.activate("en" if english() else "zh-hans")


def activate_zone() -> None:
    """Let days be those of the organisation's time zone in this process."""
    from django.utils import timezone

    from zhengyou.org import current

    if (organisation := current.organisation()) is not None:
        timezone.activate(ZoneInfo(organisation.zone))


def migrate(root: Path, say: Say) -> None:
    """Apply what is missing; refuse a database that knows more than this program. Raises Unusable."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor
    from django.db.utils import OperationalError

    try:
        executor = MigrationExecutor(connection)
    except OperationalError as fault:
        raise data.Unusable(_("数据库连不上：{why}").format(why=str(fault).strip().splitlines()[0])) from None
    known = {app for app, _name in executor.loader.disk_migrations}
    newer = [
        key for key in executor.loader.applied_migrations if key[0] in known and not _on_disk(executor, key)
    ]
    if newer:
        raise data.Unusable(
            _("数据库是更新的版本留下的（{name}），这个程序不认得。请换上新版程序。").format(
                name=".".join(newer[0])
            )
        )
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not plan:
        return
    if executor.loader.applied_migrations and connection.vendor == "sqlite":
        copy = copy_database(root)
        say(_("数据目录是旧版本留下的，已先复制一份：{path}").format(path=copy))
    say(_("准备数据库（{n} 步）…").format(n=len(plan)))
    if connection.vendor == "sqlite" and not connection.introspection.table_names():
        lay_out()
    call_command("migrate", verbosity=0, interactive=False)
    (root / "version").write_text(f"{data.VERSION}\n")


def lay_out() -> None:
    """Make all tables of an empty SQLite database at once, as they are after the last migration: one transaction.

    Migrating from nothing would remake them dozens of times; what follows finds nothing left to do.
    """
    from django.apps import apps
    from django.db import connection, transaction
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.recorder import MigrationRecorder
    from django.db.models import Model

    recorder, graph = MigrationRecorder(connection), MigrationLoader(connection).graph
    models: list[type[Model]] = [
        recorder.Migration,
        *(m for m in apps.get_models() if m._meta.managed and not m._meta.proxy),
    ]
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        for model in models:
            editor.create_model(model)
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in editor.collected_sql:
            cursor.execute(statement)
        for app, name in sorted(graph.nodes):
            recorder.record_applied(app, name)


def _on_disk(executor: object, key: tuple[str, str]) -> bool:
    loader = executor.loader  # type: ignore[attr-defined]
    replaced = {old for migration in loader.disk_migrations.values() for old in migration.replaces}
    return key in loader.disk_migrations or key in replaced


def copy_database(root: Path) -> Path:
    """A consistent copy of the SQLite database beside it, made while others may be writing."""
    number = 1
    while (copy := root / f"before-{number}.sqlite3").exists():
        number += 1
    snapshot(root / "zhengyou.sqlite3", copy)
    return copy


def snapshot(source: Path, target: Path) -> None:
    """Copy a SQLite database with its own online backup; the copy is whole whatever is written meanwhile."""
    fresh = target.with_name(target.name + ".part")
    fresh.unlink(missing_ok=True)
    reading, writing = sqlite3.connect(f"file:{source}?mode=ro", uri=True), sqlite3.connect(fresh)
    try:
        reading.backup(writing)
        writing.execute("PRAGMA journal_mode=DELETE")
    finally:
        writing.close()
        reading.close()
    shutil.move(fresh, target)
