"""Who works on the buckets: this process, one after the other, or the workers of a Dask cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from pipelines.bucket_work import Followed, Work, follow_bucket
from pipelines.errors import UserError

if TYPE_CHECKING:
    from distributed import Client

LOCAL = "local"
WORKERS = 2
TIMES_LOST = 10
"""So often a bucket's worker may be lost before the run gives up: it may be the bucket that ends them."""


class Scheduler(Protocol):
    """Gives each bucket to somebody."""

    def followed(self, work: Work, numbers: list[int]) -> Iterator[Followed]:
        """Each of the buckets once it is done, in whatever order."""


class OneAfterTheOther:
    """This process does it all: the least work in all, and the least memory."""

    def followed(self, work: Work, numbers: list[int]) -> Iterator[Followed]:
        """In the order of their numbers."""
        return (follow_bucket(work, at) for at in numbers)


@dataclass(frozen=True)
class OnDask:
    """Workers of a cluster, which must see the store's folder under the same path. A lost worker's bucket is redone.

    `address` is that of a scheduler (`tcp://host:8786`), or `local` for workers on this machine. `told` hears where the
    cluster shows what it does.
    """

    address: str = LOCAL
    workers: int = WORKERS
    told: Callable[[str], None] = print

    def followed(self, work: Work, numbers: list[int]) -> Iterator[Followed]:
        """In the order in which they are done."""
        with self._client() as client:
            from distributed import as_completed

            shared = client.scatter(work, broadcast=True)
            futures = client.map(follow_bucket, [shared] * len(numbers), numbers, pure=False)
            for done in as_completed(futures):
                yield done.result()

    @contextmanager
    def _client(self) -> Iterator[Client]:
        try:
            import distributed  # noqa: F401 - an optional extra
        except ModuleNotFoundError as missing:
            raise UserError(
                "Dask is not installed", to_do="Install the extra `cluster`: uv pip install 'roedtraad[cluster]'."
            ) from missing
        opened = self._of_this_machine() if self.address == LOCAL else self._of_the_cluster()
        with opened as client:
            if client.dashboard_link:
                self.told(f"What the workers do: {client.dashboard_link}")
            yield client
