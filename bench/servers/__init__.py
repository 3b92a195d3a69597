"""Servers to compare with that are a page of Python; `python -m bench.servers.NAME PORT` serves one."""
