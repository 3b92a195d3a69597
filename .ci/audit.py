"""Audits the installed dependencies with pip-audit: exit 1 for a known vulnerability; told where there is no data."""

from __future__ import annotations

import json
import subprocess
import sys


def main() -> int:
    run = subprocess.run(
        [sys.executable, "-m", "pip_audit", "--format", "json", "--progress-spinner", "off"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    try:
        dependencies = json.loads(run.stdout)["dependencies"]
    except (ValueError, KeyError):
        print(f"pip-audit: not run: {run.stderr.strip().splitlines()[-1:] or 'no output'}")
        return 0
    audited = [one for one in dependencies if "skip_reason" not in one]
    vulnerable = [one for one in audited if one["vulns"]]
    if not audited:
        print(f"pip-audit: not run: no advisory database knows any of the {len(dependencies)} packages from here")
    else:
        print(f"pip-audit: {len(audited)} of {len(dependencies)} packages audited, {len(vulnerable)} vulnerable")
    for one in vulnerable:
        print(f"  {one['name']} {one['version']}: {', '.join(found['id'] for found in one['vulns'])}")
    return 1 if vulnerable else 0


if __name__ == "__main__":
    sys.exit(main())
