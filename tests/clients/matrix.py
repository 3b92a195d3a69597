"""The clients that are tried, what each needs, and what every one of them must be told: typed out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

TRANSPORTS = ("http", "https", "proxy")
PROXY_HOSTS = ("https://myshop.vtexcommercestable.com.br", "https://sandbox.p.newstore.net")
JARS = "/usr/share/java"

# step → status and decisive value
EXPECTED: Mapping[str, tuple[int, str | int]] = {
    "create": (201, "ana+matrix@example.com"),
    "conflict": (409, "VTEX-UNIQ-1"),
    "masked read": (200, "a**+m*****@e******.c**"),
    "chunked create": (201, "ben@example.com"),
    "update": (200, "Ana B."),
    "stale update": (409, "NS-LOCK-1"),
    "list": (200, 50),
    "delete": (204, ""),
    "read after delete": (404, ""),
    "side by side": (200, 50),
}


@dataclass(frozen=True)
class Client:
    """One client. `kind` is the folder of its program, `program` its file and arguments.

    `needs`: tool or file → package that has it. `jars` go on Java's class path, `module` is its name at npm or PyPI.
    `lacks`: step or transport → why the client itself cannot do it. `connections`: the most it opens to a host over the
    whole conversation, None where it keeps none. `asks_for_h2c`: over plain HTTP it asks to upgrade to HTTP/2.
    """

    name: str
    kind: str
    program: tuple[str, ...]
    needs: Mapping[str, str]
    version: tuple[str, ...] = ()
    module: str = ""
    jars: tuple[str, ...] = ()
    lacks: Mapping[str, str] = field(default_factory=dict)
    connections: int | None = 15
    asks_for_h2c: bool = False

    @property
    def steps(self) -> Mapping[str, tuple[int, str | int]]:
        return {step: expected for step, expected in EXPECTED.items() if step not in self.lacks}

    @property
    def transports(self) -> tuple[str, ...]:
        return tuple(transport for transport in TRANSPORTS if transport not in self.lacks)


def _java(
    name: str, program: str, jars: tuple[str, ...] = (), package: str = "", *, asks_for_h2c: bool = False
) -> Client:
    needs = {"javac": "openjdk-17-jdk-headless", **{f"{JARS}/{jar}": package for jar in jars}}
    version = ("dpkg-query", "-W", "-f", "${Version}", package) if package else ("java", "-version")
    return Client(name, "java", (program,), needs, version, jars=jars, asks_for_h2c=asks_for_h2c)


def _node(name: str, program: str, module: str = "", lacks: Mapping[str, str] | None = None,
          connections: int | None = 40) -> Client:  # fmt: skip
    needs = {"node": "nodejs", **({"npm": "npm"} if module else {})}
    version = () if module else ("node", "--version")
    return Client(name, "node", (program,), needs, version, module, lacks=lacks or {}, connections=connections)


def _python(name: str, program: str, module: str = "", connections: int = 15) -> Client:
    return Client(name, "python", (program,), {}, module=module, connections=connections)


def _curl(name: str, *options: str, lacks: Mapping[str, str] | None = None) -> Client:
    program, version = ("curl.sh", *options), ("curl", "--version")
    upgrades = "--http2" in options
    return Client(
        name, "shell", program, {"curl": "curl"}, version, lacks=lacks or {}, connections=None, asks_for_h2c=upgrades
    )


CLIENTS = (
    _java("Java HttpClient", "JdkHttpClient", asks_for_h2c=True),
    _java(
        "Apache HttpClient 4",
        "ApacheHttpClient4",
        ("httpclient.jar", "httpcore.jar", "commons-logging.jar", "commons-codec.jar"),
        "libhttpclient-java",
    ),
    _java(
        "Apache HttpClient 5",
        "ApacheHttpClient5",
        ("httpclient5.jar", "httpcore5.jar", "httpcore5-h2.jar", "slf4j-api.jar"),
        "libhttpclient5-java",
    ),
    _java("OkHttp", "OkHttp", ("okhttp.jar", "okio.jar"), "libokhttp-java"),
    _node("Node fetch", "fetch.mjs", lacks={"proxy": "Node 20's fetch reads no proxy variable"}),
    _node("undici", "undici.mjs", "undici"),
    _node("axios", "axios.mjs", "axios"),
    _node("got", "got.mjs", "got", {"proxy": "got takes a proxy by an agent of another package alone"}, None),
    _python("requests", "requests_client.py", "requests"),
    _python("httpx", "httpx_client.py", "httpx"),
    _python("aiohttp", "aiohttp_client.py", "aiohttp"),
    _python("urllib3", "urllib3_client.py", "urllib3", 25),  # its pool opens more while all of it is in use
    _python("http.client", "http_client.py"),
    Client("Go net/http", "go", ("matrix",), {"go": "golang-go"}, ("go", "version"), connections=50),  # keeps two idle
    Client("Ruby Net::HTTP", "ruby", ("net_http.rb",), {"ruby": "ruby"}, ("ruby", "--version")),
    Client(
        "Faraday",
        "ruby",
        ("faraday.rb",),
        {"ruby": "ruby ruby-faraday"},
        ("ruby", "-e", "require 'faraday'; puts Faraday::VERSION"),
        connections=None,
    ),
    Client(
        "PHP curl", "php", ("curl.php",), {"php": "php-cli php-curl"}, ("php", "-r", "echo curl_version()['version'];")
    ),
    Client(
        "Guzzle",
        "php",
        ("guzzle.php",),
        {"php": "php-cli php-curl", "/usr/share/php/GuzzleHttp/autoload.php": "php-guzzlehttp-guzzle"},
        ("dpkg-query", "-W", "-f", "${Version}", "php-guzzlehttp-guzzle"),
    ),
    Client(
        "Perl LWP",
        "perl",
        ("lwp.pl",),
        {"perl": "perl", "/usr/share/perl5/LWP/Protocol/https.pm": "libwww-perl liblwp-protocol-https-perl"},
        ("perl", "-MLWP", "-e", "print LWP->VERSION"),
        connections=None,
    ),
    _curl("curl"),
    _curl("curl --http1.0", "--http1.0", lacks={"chunked create": "HTTP/1.0 has no chunked bodies"}),
    _curl("curl --http2", "--http2"),
    _curl("curl --compressed", "--compressed"),
    Client(
        "wget",
        "shell",
        ("wget.sh",),
        {"wget": "wget"},
        ("wget", "--version"),
        lacks={"chunked create": "wget sends no chunked bodies"},
        connections=None,
    ),
)

# asked for, and not to be had here
NOT_TRIED: Mapping[str, str] = {
    "Apache HttpClient 5.4": "Debian has 5.2",
    "OkHttp 4 and 5": "Debian has 3.13",
}
