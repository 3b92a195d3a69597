"""Where clients come from: tools of the system, packages of npm, and programs that are compiled once."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import version as package_version
from pathlib import Path

from tests.clients.matrix import JARS, Client

PROGRAMS = Path(__file__).parent / "programs"
NODE_PACKAGES = ("undici@7", "axios@1", "got@14")
_VERSION = re.compile(r"\d+\.\d+(?:\.\d+)?")
BUILD_SECONDS = 180


class MissingTool(Exception):
    """A tool or package that is not on this machine."""


@dataclass(frozen=True)
class Toolchain:
    """Builds and names commands. `folder` holds what is built, and stays for the session."""

    folder: Path

    def command(self, client: Client) -> list[str]:
        """The command that runs the client's program. Raises MissingTool."""
        for tool, package in client.needs.items():
            if not (Path(tool).exists() if tool.startswith("/") else shutil.which(tool)):
                raise MissingTool(f"{tool} is not here: install {package}")
        program, *arguments = client.program
        source = str(PROGRAMS / client.kind / program)
        match client.kind:
            case "java":
                path = self._java_classes(client)
                return ["java", "-XX:TieredStopAtLevel=1", "-cp", path, program]
            case "go":
                return [str(self._go_program())]
            case "node":
                if client.module:
                    self.node_modules()
                return ["node", source]
            case "python":
                return [sys.executable, source]
            case "shell":
                return ["bash", source, *arguments]
        return [client.kind, source]

    def version(self, client: Client) -> str:
        """The version of the client, as it tells it itself. Raises MissingTool where it cannot."""
        if client.kind == "python":
            return package_version(client.module) if client.module else _first_version(sys.version)
        if client.module:
            return _first_version(
                (self.node_modules() / client.module / "package.json").read_text().partition('"version"')[2]
            )
        done = subprocess.run(client.version, capture_output=True, text=True, check=False, timeout=60)
        if done.returncode:
            raise MissingTool(f"{client.name} is not here: install {' '.join(client.needs.values())}")
        return _first_version(done.stdout + done.stderr)

    def node_modules(self) -> Path:
        """The packages of npm, asked for once. Raises MissingTool where they cannot be had."""
        folder, failure = self.folder / "npm", self.folder / "npm-failure.txt"
        if not folder.exists():
            folder.mkdir()
            npm = ("npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder))
            try:
                done = _run(*npm, *NODE_PACKAGES)
                output = done.stderr if done.returncode else ""
            except subprocess.TimeoutExpired as error:
                output = str(error)
            failure.write_text(output, "utf-8")
        if output := failure.read_text("utf-8"):
            raise MissingTool(f"npm has not installed {', '.join(NODE_PACKAGES)}: {output}")
        return folder / "node_modules"

    def _java_classes(self, client: Client) -> str:
        folder = self.folder / client.program[0]
        path = ":".join((str(folder), *(f"{JARS}/{jar}" for jar in client.jars)))
        if not folder.exists():
            sources = [str(PROGRAMS / "java" / f"{name}.java") for name in ("Steps", client.program[0])]
            _succeed("javac", "-d", str(folder), "-cp", path, *sources)
        return path

    def _go_program(self) -> Path:
        project = self.folder / "go-matrix"
        if not project.exists():
            _succeed("go", "build", "-o", str(project), str(PROGRAMS / "go" / "main.go"))
        return project


def _first_version(text: str) -> str:
    found = _VERSION.search(text)
    return found[0] if found else "unknown"


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        timeout=BUILD_SECONDS,
        env={**os.environ, "GO111MODULE": "off"},
    )


def _succeed(*command: str) -> None:
    done = _run(*command)
    if done.returncode:
        raise AssertionError(f"{' '.join(command)}: {done.stdout}{done.stderr}")
