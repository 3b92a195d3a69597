"""deploy/helm: its values fit their schema, what it starts exists, and Kubernetes knows what it makes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from pii_sandbox import specs
from pii_sandbox.cli.serve import serve

CHART = Path(__file__).parents[2] / "deploy" / "helm" / "pii-sandbox"
KUBERNETES = "1.30"
ELSEWHERE = {"nats": {"enabled": False}, "cluster": "tls://a:4222", "controlToken": {"existingSecret": "token"}}
OWN = {"controlToken": {"value": "token"}, "ingress": {"host": "sandbox.example.com", "tlsSecret": "tls"}}


@pytest.fixture(scope="module")
def values() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((CHART / "values.yaml").read_text("utf-8"))
    return found


def test_the_values_fit_their_schema_and_others_do_not(values: dict[str, Any]) -> None:
    schema = jsonschema_rs.validator_for(json.loads((CHART / "values.schema.json").read_text("utf-8")))
    assert schema.is_valid(values)
    assert schema.is_valid({**values, **ELSEWHERE})
    assert not schema.is_valid({**values, "replicas": 0})
    assert not schema.is_valid({**values, "reads": "stale"})
    assert not schema.is_valid({**values, "controlToken": {"value": "two words"}})


def test_the_deployment_starts_the_server_with_options_that_there_are() -> None:
    text = (CHART / "templates" / "deployment.yaml").read_text("utf-8")
    known = {name: option for option in serve.params for name in option.opts}
    options = re.findall(r"- (--[a-z-]+)$", text, re.MULTILINE)
    assert options == ["--host", "--port", "--cluster", "--reads"]
    assert set(options) <= known.keys()
    assert f"name: {known['--control-token'].envvar}" in text
    paths = {path for _, path in re.findall(r"(path: )/_sandbox/v1(/[a-z/]+)", text)}
    assert paths == {"/health/live", "/health/ready"}
    assert paths <= specs.load("sandbox_control")["paths"].keys()


def test_the_chart_keeps_three_servers_of_the_log_and_two_of_the_sandbox(values: dict[str, Any]) -> None:
    [nats] = yaml.safe_load((CHART / "Chart.yaml").read_text("utf-8"))["dependencies"]
    assert (nats["name"], nats["condition"]) == ("nats", "nats.enabled")
    assert values["nats"]["config"]["cluster"] == {"enabled": True, "replicas": 3}
    assert values["replicas"] >= 2


@pytest.mark.parametrize(
    ("chosen", "kinds"),
    [
        (ELSEWHERE, ["Deployment", "NetworkPolicy", "PodDisruptionBudget", "Service"]),
        (OWN, ["Deployment", "Ingress", "NetworkPolicy", "NetworkPolicy", "PodDisruptionBudget", "Secret", "Service"]),
    ],
    ids=["log elsewhere", "log of its own"],
)
def test_kubernetes_takes_what_the_chart_makes(chosen: dict[str, Any], kinds: list[str]) -> None:
    reason = "Helm as a library is a large download: tox -e cluster has it"
    helm = pytest.importorskip("helm_python.chart", reason=reason)
    kubernetes = pytest.importorskip("kubernetes_validate", reason=reason)
    with helm.Chart.load(CHART) as chart:
        rendered = chart.render(values=chosen, name="demo")
    documents = [each for text in rendered.values() if "kind:" in text for each in yaml.safe_load_all(text) if each]
    for resource in documents:
        kubernetes.validate(resource, KUBERNETES, strict=True)
    assert sorted(resource["kind"] for resource in documents) == kinds
    [container] = next(each for each in documents if each["kind"] == "Deployment")["spec"]["template"]["spec"][
        "containers"
    ]
    urls = container["args"][container["args"].index("--cluster") + 1].split(",")
    nats_urls = [f"nats://demo-nats-{number}.demo-nats-headless:4222" for number in range(3)]
    assert urls == (nats_urls if chosen is OWN else ["tls://a:4222"])
