"""Where files stay that would take long to make or to fetch again."""

import os
from pathlib import Path

__all__ = ["user_cache"]


def user_cache() -> Path:
    """Return the folder: the environment variable ``SEQAUG_CACHE``, else ``seqaug_sklearn`` in the user's cache."""
    if "SEQAUG_CACHE" in os.environ:
        return Path(os.environ["SEQAUG_CACHE"]).expanduser()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "seqaug_sklearn"
