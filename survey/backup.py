"""A backup of everything an installation keeps, made while it serves families."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from survey.errors import SurveyError
from survey.settings import Settings
from survey.store import Store, file_of
from survey.store.copy import copy_to

#: Of the data folder; the database is copied by itself.
FILES = ("secret_key",)


class BackupRefused(SurveyError):
    """Nothing was written."""


def back_up(settings: Settings, folder: Path) -> None:
    """Write database, releases and key into a new folder that only its owner can read: whole, or not at all.

    Raises
    ------
    BackupRefused
        if the folder exists, or there is no SQLite database to copy
    """
    if folder.exists():
        raise BackupRefused(f"„{folder}“ gibt es schon. Bitte einen neuen Ordner nennen; überschrieben wird nichts.")
    store = _kept(settings)
    draft = folder.with_name(f"{folder.name}.unfertig")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700, parents=True)
    try:
        copy_to(store, draft / store.path.name)  # type: ignore[union-attr]  # an SQLite file has a path
        shutil.copytree(settings.releases, draft / settings.releases.name)
        for name in FILES:
            if (settings.data / name).is_file():
                shutil.copy2(settings.data / name, draft / name)
        draft.rename(folder)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    finally:
        store.close()
    os.sync()


def _kept(settings: Settings) -> Store:
    """Return the store, unless making it would create a database."""
    path = file_of(settings.database_url)
    if path is None:
        raise BackupRefused(
            "Die Datenbank ist PostgreSQL. Sichern Sie sie mit „pg_dump“, dazu den Ordner „releases“ und die Datei "
            f"„secret_key“ in „{settings.data}“."
        )
    if not path.is_file():
        raise BackupRefused(f"In „{settings.data}“ ist noch keine Datenbank. Es wurde nichts geschrieben.")
    return Store(settings.database_url)
