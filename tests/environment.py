"""Loaded before Django: tests keep to a folder of their own, whatever the shell has set."""

import atexit
import os
import shutil
import tempfile

_home = tempfile.mkdtemp(prefix="liuke-tests-")
atexit.register(shutil.rmtree, _home, ignore_errors=True)
os.environ["LIUKE_HOME"] = _home
for name in ("LIUKE_NOW", "LIUKE_LANGUAGE", "LIUKE_TIME_ZONE", "LIUKE_CURRENCY", "LIUKE_DEBUG"):
    os.environ.pop(name, None)
