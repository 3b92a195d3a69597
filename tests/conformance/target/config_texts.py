"""Texts of target files and the environment variables that they name."""

from __future__ import annotations

from pathlib import Path

ENVIRONMENT = {"APP_KEY": "key-1", "APP_TOKEN": "token-1", "EMAIL": "someone@example.com", "TOKEN": "t", "EMPTY": ""}
ENVIRONMENT |= {
    "PROXY": "http://me:hidden@proxy.example.com:3128",
    "FTP": "ftp://proxy.example.com",
    "NO_HOST": "http://",
    "NO_PORT": "http://proxy.example.com:port",
}


FULL = """
[vtex.credentials.full]
X-VTEX-API-AppKey = "APP_KEY"
X-VTEX-API-AppToken = "APP_TOKEN"
"""
VTEX = f'[vtex]\nurl = "https://shop.example.com"\n{FULL}'


def write_target(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "target.toml"
    file.write_text(text, "utf-8")
    return file
