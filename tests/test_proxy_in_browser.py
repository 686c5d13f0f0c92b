"""The pages behind the proxy of `deploy/nginx.conf`: TLS, headers that the pages can live with, and a log of nobody."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import machine
import pytest
import streamlit
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from playwright.sync_api import Browser
from published_frames import SVENDBORG, country, write_store

from dashboards.screenshots import wait_until_done
from dashboards.serving import free_port, served

pytestmark = pytest.mark.browser
UPLOAD = "/_stcore/upload_file/nobody/nothing"
REFUSED_BY_THE_PAGES = {403, 404, 405}
CONFIGURATION = Path(__file__).parent.parent / "deploy" / "nginx.conf"


@dataclass(frozen=True)
class Proxy:
    """Where it answers, and its log."""

    address: str
    log: Path


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    program = machine.proxy()
    if program is None:
        (pytest.fail if machine.in_ci() else pytest.skip)("nginx is not on this machine")
    place = tmp_path_factory.mktemp("proxy")
    certify(place)
    port = free_port()
    with served(write_store(place / "store", country())) as pages:
        configuration = configured(place, port, pages)
        subprocess.run([program, "-c", configuration, "-e", place / "errors"], check=True, capture_output=True)
        try:
            yield Proxy(f"https://localhost:{port}", place / "roedtraad.log")
        finally:
            subprocess.run([program, "-c", configuration, "-e", place / "errors", "-s", "stop"], check=True)


def certify(place: Path) -> None:
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    (place / "roedtraad.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (place / "roedtraad.key").write_bytes(private)


def configured(place: Path, port: int, pages: str) -> Path:
    """The file as it is delivered, with this machine's ports and folders."""
    text = CONFIGURATION.read_text(encoding="utf-8")
    for theirs, ours in (
        ("listen 443", f"listen 127.0.0.1:{port}"),
        ("http://127.0.0.1:8501", pages),
        ("/etc/ssl/private/", f"{place}/"),
        ("/etc/ssl/", f"{place}/"),
        ("/var/log/nginx/", f"{place}/"),
    ):
        assert theirs in text
        text = text.replace(theirs, ours)
    kinds = "".join(
        f"{kind}_temp_path {place}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    file = place / "nginx.conf"
    file.write_text(f"pid {place}/pid; events {{}} http {{ {kinds}\n{text}\n}}", encoding="utf-8")
    return file


def test_a_page_with_charts_works_behind_the_proxy_and_its_headers(proxy: Proxy, chromium: Browser) -> None:
    context = chromium.new_context(locale="da-DK", ignore_https_errors=True)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    try:
        page.goto(f"{proxy.address}/?role=leader&municipality={SVENDBORG}")
        wait_until_done(page)
        page.locator(".js-plotly-plot").first.wait_for(state="attached")
    finally:
        context.close()
    assert not [line for line in said if "Content Security Policy" in line]


def test_a_reader_who_is_slow_gets_all_and_nothing_waits_in_a_file_of_the_proxy(proxy: Proxy) -> None:
    """nginx would set aside what the reader has not taken yet: rows on its disk, and half a file where it may not."""
    script = max((Path(streamlit.__file__).parent / "static").rglob("*.js"), key=lambda file: file.stat().st_size)
    address = f"{proxy.address}/static/js/{script.name}"
    with ExitStack() as readers:
        answers = [readers.enter_context(httpx.stream("GET", address, verify=False)) for _ in range(4)]  # noqa: S501
        httpx.get(proxy.address, verify=False)  # noqa: S501 - the proxy has had its turn meanwhile
        assert not set_aside(proxy)
        assert {sum(map(len, answer.iter_raw())) for answer in answers} == {script.stat().st_size}


def test_what_somebody_hands_in_waits_in_no_file_of_the_proxy(proxy: Proxy) -> None:
    answer = httpx.put(f"{proxy.address}{UPLOAD}", content=b"x" * 3_000_000, verify=False)  # noqa: S501 - as above
    assert answer.status_code in REFUSED_BY_THE_PAGES
    assert not set_aside(proxy)


def set_aside(proxy: Proxy) -> list[str]:
    """Files that nginx holds, and what it says about those that it could not make."""
    folders = (proxy.log.parent / kind for kind in ("proxy", "client_body"))
    files = [str(file) for folder in folders for file in folder.rglob("*") if file.is_file()]
    return files + (proxy.log.parent / "roedtraad-error.log").read_text(encoding="utf-8").splitlines()


def test_an_answer_says_how_it_is_to_be_treated_and_nothing_of_the_server(proxy: Proxy) -> None:
    answer = httpx.get(proxy.address, verify=False)  # noqa: S501 - a certificate of its own
    headers = answer.headers
    assert answer.status_code == 200
    assert headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert (headers["X-Content-Type-Options"], headers["Referrer-Policy"]) == ("nosniff", "no-referrer")
    assert headers["Server"] == "nginx"


def test_what_is_larger_than_a_form_is_not_taken(proxy: Proxy) -> None:
    answer = httpx.post(f"{proxy.address}/x", content=b"x" * 7_000_000, verify=False)  # noqa: S501 - as above
    assert answer.status_code == 413


def test_the_log_of_the_proxy_names_no_place_and_no_child(proxy: Proxy) -> None:
    asked = f"{proxy.address}/child?municipality={SVENDBORG}&child=somebody"
    with httpx.Client(verify=False) as client:  # noqa: S501 - as above
        client.get(asked, headers={"Referer": asked})
        client.get(proxy.address)  # on the same connection: by its answer the first one is in the log
    log = proxy.log.read_text(encoding="utf-8")
    assert " GET /child 200 " in log
    assert "somebody" not in log
    assert f"={SVENDBORG}" not in log
