<?php
require 'GuzzleHttp/autoload.php';
require __DIR__ . '/steps.php';

use GuzzleHttp\Client;
use GuzzleHttp\Exception\BadResponseException;
use GuzzleHttp\Pool;
use GuzzleHttp\Psr7\Request;
use GuzzleHttp\Psr7\Utils;

$client = new Client();
$call = function (string $method, string $url, array $headers, ?string $body, bool $chunked) use ($client): array {
    $pieces = (function () use ($body) {
        yield from str_split($body, 20);
    });
    $options = ['headers' => $headers] + ($body === null ? [] : ['body' => $chunked ? Utils::streamFor($pieces()) : $body]);
    try {
        $response = $client->request($method, $url, $options);
    } catch (BadResponseException $error) { // Guzzle throws what is a 4xx
        $response = $error->getResponse();
    }
    return [$response->getStatusCode(), $response->getHeaderLine('X-Sandbox-Rule'), (string) $response->getBody()];
};

$many = function (string $url, array $headers, int $count) use ($client): array {
    $requests = array_fill(0, $count, new Request('GET', $url, $headers));
    $answers = Pool::batch($client, $requests, ['concurrency' => 10]);
    return array_map(fn ($answer) => $answer->getStatusCode(), $answers);
};

play($call, $many);
