"""Client of toolsync: uploads command files, runs tools over them, follows the runs."""

from toolsync.client import Client, InlineFile
from toolsync.errors import error_reason

__all__ = ["Client", "InlineFile", "error_reason"]
