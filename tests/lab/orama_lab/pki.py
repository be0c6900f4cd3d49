"""The lab's own certificate authority: certificates with whatever days left a fault wants."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from .shell import run
from .site import Site

#: Days a good certificate of the lab has left.
VALID_DAYS = 90

#: openssl's authority keeps its books in files it does not lock.
_ONE_AT_A_TIME = threading.Lock()

CONFIG = """\
[ca]
default_ca = lab
[lab]
database = {base}/index
serial = {base}/serial
new_certs_dir = {base}/issued
certificate = {base}/ca.crt
private_key = {base}/ca.key
default_md = sha256
policy = any
x509_extensions = leaf
unique_subject = no
copy_extensions = none
[any]
commonName = supplied
[leaf]
basicConstraints = CA:FALSE
subjectAltName = DNS:{name}
"""


def certificate(site: Site, name: str, days: int = VALID_DAYS) -> tuple[str, str]:
    """Certificate and key for a name, ending so many days from now; days may be past."""
    with _ONE_AT_A_TIME:
        return _issue(_authority(site), name, days)


def _issue(base: Path, name: str, days: int) -> tuple[str, str]:
    config = base / "openssl.cnf"
    config.write_text(CONFIG.format(base=base, name=name))
    key, request, out = base / "leaf.key", base / "leaf.csr", base / "leaf.crt"
    run(["openssl", "req", "-new", "-nodes", *_KEY, "-keyout", key, "-out", request, "-subj", "/CN=lab"])
    # Half a day more than asked: "90 days left" is still true some hours later.
    end = datetime.now(UTC) + timedelta(days=days, hours=12)
    start = end - timedelta(days=VALID_DAYS)
    dates = ["-startdate", f"{start:%Y%m%d%H%M%SZ}", "-enddate", f"{end:%Y%m%d%H%M%SZ}"]
    run(["openssl", "ca", "-batch", "-notext", "-config", config, *dates, "-in", request, "-out", out])
    return out.read_text(), key.read_text()


_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1")


def _authority(site: Site) -> Path:
    base = site.directory("pki")
    if not (base / "ca.crt").exists():
        (base / "issued").mkdir(exist_ok=True)
        (base / "index").write_text("")
        (base / "serial").write_text("1000\n")
        subject = ["-subj", "/CN=Orama lab CA", "-days", "3650"]
        run(["openssl", "req", "-x509", "-nodes", *_KEY, "-keyout", base / "ca.key", "-out", base / "ca.crt", *subject])
    return base
