"""Small comparison servers in Python; `python -m bench.servers.NAME PORT` serves one."""
