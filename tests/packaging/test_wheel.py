"""The wheel beside others: a package named `mockserver` in site-packages, a project with a `specs/` folder."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# What PyPI's `mockserver-client` installs, as far as the test below uses it; the tox environment `packaging` has the
# real one.
STAND_IN = """
class MockServerClient:
    def __init__(self, host, port):
        self.host, self.port = host, port
"""

PROJECT_TEST = """
import json
import os
from pathlib import Path
from urllib.request import Request, urlopen

import mockserver
import pii_sandbox
import pii_sandbox.mockserver
import pii_sandbox.specs
import specs


def test_all_three_are_usable(sandbox):
    site = Path(os.environ["SITE"])
    assert Path(pii_sandbox.__file__).is_relative_to(site)
    assert Path(pii_sandbox.specs.__file__).is_relative_to(site)
    assert specs.OWNER == "the project"
    assert mockserver.__file__ != pii_sandbox.mockserver.__file__
    assert isinstance(mockserver.MockServerClient("127.0.0.1", 1080), mockserver.MockServerClient)
    with urlopen(Request(f"{sandbox.url}/_sandbox/v1/status"), timeout=10) as response:
        assert json.load(response)["documents"]["vtex"]["profiles"] > 0
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of installed packages: the wheel of this checkout, unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], cwd=ROOT, check=True, timeout=60
    )
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_a_wheel_installs_one_name(site: Path) -> None:
    names = {entry.name for entry in site.iterdir() if not entry.name.endswith(".dist-info")}
    assert names == {"pii_sandbox"}


def test_a_wheel_has_every_file_of_the_checkout(site: Path) -> None:
    folders = [link.name for link in (ROOT / "pii_sandbox").iterdir() if link.is_symlink()]
    assert "specs" in folders
    for folder in folders:
        expected = {
            file.relative_to(ROOT / folder)
            for file in (ROOT / folder).rglob("*")
            if file.is_file() and "__pycache__" not in file.parts
        }
        installed = {
            file.relative_to(site / "pii_sandbox" / folder) for file in (site / "pii_sandbox" / folder).rglob("*.*")
        }
        assert expected - installed == set()


def test_a_wheel_works_beside_a_package_named_mockserver_and_a_folder_named_specs(site: Path, tmp_path: Path) -> None:
    try:
        distribution("mockserver-client")
    except PackageNotFoundError:
        (site / "mockserver").mkdir(exist_ok=True)
        (site / "mockserver" / "__init__.py").write_text(STAND_IN)
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "__init__.py").write_text('OWNER = "the project"\n')
    (tmp_path / "test_project.py").write_text(PROJECT_TEST)
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PII_SANDBOX_", "PYTEST_"))
    }
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error"],
        cwd=tmp_path,
        env={**environment, "PYTHONPATH": str(site), "SITE": str(site)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "1 passed" in run.stdout


def test_a_wheel_from_the_source_distribution_has_the_same_files(site: Path, tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-d", str(tmp_path)]
    subprocess.run([*build, "-t", "sdist"], cwd=ROOT, check=True, timeout=60)
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as packed:
        packed.extractall(tmp_path, filter="data")
    unpacked = tmp_path / archive.name.removesuffix(".tar.gz")
    subprocess.run([*build, "-t", "wheel"], cwd=unpacked, check=True, timeout=60)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed_wheel:
        names = {name for name in packed_wheel.namelist() if ".dist-info/" not in name}
    files = [file for file in (site / "pii_sandbox").rglob("*") if file.is_file() and "__pycache__" not in file.parts]
    assert names == {file.relative_to(site).as_posix() for file in files}
