"""`pii-sandbox ca`: each line that it prints and that can run here makes its client trust the sandbox."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from tests.cli.in_process import run_command
from tests.https.servers import HttpsSandbox, output
from tests.https.test_serve_tls import HEALTH

JAVA = """
import java.net.URI;
import java.net.http.*;
public class Get {
    public static void main(String[] arguments) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(arguments[0])).build();
        System.out.println(HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body());
    }
}
"""
NODE = "fetch(process.argv[1]).then((answer) => answer.text()).then(console.log)"
CALLS = {
    "Python requests": '{python} -c "import requests, sys; print(requests.get(sys.argv[1]).text)" {url}',
    "Python httpx": '{python} -c "import httpx, sys; print(httpx.get(sys.argv[1]).text)" {url}',
    "curl": "curl -sS {url}",
    "Node": "node -e '" + NODE + "' {url}",
    "Java": "java {folder}/Get.java {url}",
    "Go": "go run {folder}/get.go {url}",
    "Ruby": "ruby -ropen-uri -e 'puts URI.open(ARGV[0]).read' {url}",
}
GO = """package main
import ("fmt"; "io"; "net/http"; "os")
func main() {
	r, e := http.Get(os.Args[1])
	if e != nil { panic(e) }
	b, _ := io.ReadAll(r.Body)
	fmt.Println(string(b))
}
"""


def lines(state: Path) -> dict[str, str]:
    printed = run_command("ca", "trust-help", variables={"PII_SANDBOX_STATE_DIR": str(state)})
    assert printed.returncode == 0, printed.stderr
    return {line[:16].strip(): line[16:].strip() for line in printed.stdout.splitlines()}


def test_path_makes_an_authority_and_prints_its_file(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    printed = run_command("ca", "path", variables={"PII_SANDBOX_STATE_DIR": str(folder)})
    assert printed.stdout == f"{folder}/ca/ca.pem\n"
    assert (folder / "ca" / "ca.pem").read_text().startswith("-----BEGIN CERTIFICATE-----")
    assert (
        run_command("ca", "path", "--form", "p12", variables={"PII_SANDBOX_STATE_DIR": str(folder)}).stdout
        == f"{folder}/ca/ca.p12\n"
    )


def test_show_prints_the_same_as_openssl(state: Path) -> None:
    printed = run_command("ca", "show", variables={"PII_SANDBOX_STATE_DIR": str(state)}).stdout
    text = output("openssl", "x509", "-in", f"{state}/ca/ca.pem", "-noout", "-fingerprint", "-sha256")
    assert text.strip().rpartition("=")[2] in printed
    assert (state / "ca" / "ca.pem").read_text() in printed
    assert "PRIVATE" not in printed


def test_a_folder_that_cannot_be_used_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    output = run_command("ca", "path", variables={"PII_SANDBOX_STATE_DIR": str(tmp_path / "file")})
    assert output.returncode != 0
    assert "PII_SANDBOX_STATE_DIR names another folder" in output.stderr
    assert "Traceback" not in output.stderr


def test_each_kind_of_client_has_one_line(state: Path) -> None:
    output = lines(state)
    wanted = {
        "Python requests",
        "Python httpx",
        "Python aiohttp",
        "Node",
        "Java",
        "Go",
        "Ruby",
        "PHP",
        "curl",
        "Chromium",
    }
    assert wanted <= set(output)
    assert all(f"{state}/ca/ca.p" in line for line in output.values())


@pytest.mark.parametrize("client", CALLS)
def test_after_its_line_a_client_trusts_the_sandbox(
    https_server: HttpsSandbox, state: Path, tmp_path: Path, client: str
) -> None:
    (tmp_path / "Get.java").write_text(JAVA)
    (tmp_path / "get.go").write_text(GO)
    call = CALLS[client].format(python=sys.executable, url=https_server.url + HEALTH, folder=tmp_path)
    if shutil.which(call.split()[0]) is None:
        pytest.skip(f"no {call.split()[0]} here")
    assert output("bash", "-c", f"{lines(state)[client]}\n{call}").strip() == '{"status":"ok"}'
