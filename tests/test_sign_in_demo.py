"""The command that shows the roles: two servers that begin and end together, and sample data only."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import httpx
import pytest
from published_frames import country, run_facts, write_store, written
from typer.testing import CliRunner

from dashboards.access import sign_in_demo
from dashboards.access.rules import read_rules
from dashboards.access.sign_in_demo import PEOPLE, RULES, SECRETS, provider
from dashboards.serving import free_port
from pipelines.cli import app
from pipelines.definitions.reference import Reference
from pipelines.errors import UserError

pytestmark = pytest.mark.slow


def is_open(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("localhost", port)) == 0


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_the_command_says_who_can_sign_in_and_ends_both_servers(tmp_path: Path, end: signal.Signals) -> None:
    store, ports = write_store(tmp_path / "store", country()), (free_port(), free_port())
    command = [sys.executable, "-m", "pipelines.cli", "sign-in-demo", "--store", str(store)]
    command += ["--port", str(ports[0]), "--provider-port", str(ports[1])]
    environment = os.environ | {"TMPDIR": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        said = [running.stdout.readline() for _ in range(1 + len(PEOPLE))]
        assert f"http://localhost:{ports[0]}" in said[0]
        assert [line.split()[0] for line in said[1:]] == list(PEOPLE)
        assert httpx.get(f"http://localhost:{ports[0]}/_stcore/health").text == "ok"
        secrets = next(tmp_path.glob("roedtraad-*/secrets.toml"))
        assert secrets.stat().st_mode & 0o077 == 0
        running.send_signal(end)
        running.wait(timeout=120)
    assert not any(is_open(port) for port in ports)
    assert list(tmp_path.glob("roedtraad-*")) == []


def test_the_demonstration_refuses_a_store_that_is_not_sample_data(tmp_path: Path) -> None:
    """Its provider lets anybody in as anybody."""
    written(tmp_path / "store", "run", {}, run_facts(is_sample=False))
    assert CliRunner().invoke(app, ["sign-in-demo", "--store", str(tmp_path / "store")]).exit_code == 10


def test_without_the_provider_the_command_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in_demo, "find_spec", lambda _: None)
    with pytest.raises(UserError, match="not installed"), provider(PEOPLE, None, 60):
        pass


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(UserError, match="could not be started"), provider(PEOPLE, taken.getsockname()[1], 60):
            pass


def test_the_rules_of_the_demonstration_are_rules_and_its_secrets_a_section(tmp_path: Path) -> None:
    (tmp_path / "access.toml").write_text(RULES.format(issuer="http://localhost:9400"))
    rules = read_rules(tmp_path / "access.toml", Reference.load().municipality_codes)
    assert [grant.role for grant in rules.grants] == ["leader", "steward", "national", "operator"]
    names = dict.fromkeys(("port", "cookie_secret", "client", "client_secret", "issuer"), "x")
    assert len(tomllib.loads(SECRETS.format(**names))["auth"]) == 5
