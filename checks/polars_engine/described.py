"""What a metric is about, whose id is worked out once instead of at every metric that shares it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from great_expectations.core.id_dict import IDDict, IDDictID


class Described(IDDict):
    """Nobody changes it once it is made."""

    _own_id: IDDictID | None = None

    def to_id(self, id_keys: Collection[Any] | None = None, id_ignore_keys: Collection[Any] | None = None) -> IDDictID:
        """GX's own id, which is a hash of all that is in here as JSON."""
        if id_keys is not None or id_ignore_keys is not None:
            return super().to_id(id_keys, id_ignore_keys)
        if self._own_id is None:
            self._own_id = super().to_id()
        return self._own_id
