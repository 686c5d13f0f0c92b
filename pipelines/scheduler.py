"""Who works on the buckets: this process, one after the other, or the workers of a Dask cluster."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Protocol

from pipelines.bucket_work import Followed, Work, follow_bucket
from pipelines.errors import UserError
from pipelines.memory import THRIFTY

if TYPE_CHECKING:
    from distributed import Client

LOCAL = "local"
WORKERS = 2
SECONDS_TO_ANSWER = 30
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
    told: Callable[[str], None] | None = None

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
        opened = self.of_this_machine() if self.address == LOCAL else self.of_the_cluster()
        with opened as client:
            if self.told and client.dashboard_link:
                self.told(f"What the workers do: {client.dashboard_link}")
            yield client

    @contextmanager
    def of_this_machine(self) -> Iterator[Client]:
        """Processes of one thread each, on loopback, that end with the run.

        Whoever reaches a scheduler runs programs as its account, so that only this process and its workers have the
        certificate; what they set aside lies in a folder of their own.
        """
        import dask
        from distributed import Client, LocalCluster, Security

        settings: dict[str, object] = {
            "distributed.scheduler.allowed-failures": TIMES_LOST,
            "distributed.nanny.pre-spawn-environ": {**THRIFTY, "POLARS_MAX_THREADS": "1"},
            "distributed.worker.memory.terminate": False,
        }
        security = Security.temporary()
        with (
            TemporaryDirectory(prefix="roedtraad-", ignore_cleanup_errors=True) as aside,
            dask.config.set({**settings, "temporary-directory": aside}),
            LocalCluster(
                n_workers=self.workers,
                threads_per_worker=1,
                host="127.0.0.1",
                dashboard_address="127.0.0.1:0",
                security=security,
                silence_logs=logging.CRITICAL,
            ) as cluster,
            Client(cluster, security=security) as client,
        ):
            yield client

    @contextmanager
    def of_the_cluster(self) -> Iterator[Client]:
        """The scheduler that runs already, once it has a worker; Dask's own configuration names the certificates."""
        from distributed import Client

        try:
            client = Client(self.address, timeout=SECONDS_TO_ANSWER)
        except TypeError as fault:
            raise UserError(
                f"The scheduler at {self.address} asks for a certificate, and Dask's configuration names none",
                to_do="Set distributed.comm.tls (ca-file, client.cert, client.key) in Dask's configuration.",
            ) from fault
        except (OSError, ValueError) as fault:
            raise UserError(
                f"No Dask scheduler answers at {self.address}",
                to_do="Start one with `dask scheduler`, or give --scheduler local. One with certificates is at tls://.",
            ) from fault
        with client:
            try:
                client.wait_for_workers(1, timeout=SECONDS_TO_ANSWER)
            except TimeoutError as fault:
                raise UserError(
                    f"The scheduler at {self.address} has no worker",
                    to_do=f"Start some with `dask worker {self.address}`, then run again.",
                ) from fault
            yield client
