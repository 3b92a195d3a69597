<?php
// The conversation that each PHP client has; one JSON line a step.
const VTEX = ['X-VTEX-API-AppKey' => 'vtexappkey-sandbox', 'X-VTEX-API-AppToken' => 'sandbox-token'];
const NEWSTORE = ['Authorization' => 'Bearer sandbox-newstore'];
const JSON_BODY = ['Content-Type' => 'application/json'];
define('PROFILES', getenv('VTEX_URL') . '/api/storage/profile-system/profiles');
define('CUSTOMERS', getenv('NEWSTORE_URL') . '/v1/d/pii/profiles');

function customer(string $email, string $document): string
{
    return json_encode(['firstName' => 'Ana', 'lastName' => 'Lima', 'email' => $email, 'document' => $document,
        'documentType' => 'CPF']);
}

function tell(string $step, int $status, mixed $value): void
{
    echo json_encode(['step' => $step, 'status' => $status, 'value' => $value]), "\n";
}

// $call(method, url, headers, body, chunked) gives status, rule and text; $many(url, headers, count) gives statuses
function play(callable $call, callable $many): void
{
    $ana = customer('ana+matrix@example.com', '12345678911');
    [$status, , $text] = $call('POST', PROFILES, VTEX + JSON_BODY, $ana, false);
    $profile = PROFILES . '/' . json_decode($text)->id;
    tell('create', $status, json_decode($text)->document->email);
    [$status, $rule] = $call('POST', PROFILES, VTEX + JSON_BODY, $ana, false);
    tell('conflict', $status, $rule);
    $email = rawurlencode('ana+matrix@example.com');
    [$status, , $text] = $call('GET', PROFILES . "/$email?alternativeKey=email", VTEX, null, false);
    tell('masked read', $status, json_decode($text)->document->email);
    $ben = customer('ben@example.com', '98765432100');
    [$status, , $text] = $call('POST', PROFILES, VTEX + JSON_BODY, $ben, true);
    tell('chunked create', $status, json_decode($text)->document->email);
    $known = json_encode(['email' => 'ana+matrix@example.com', 'full_name' => 'Ana Lima']);
    [, , $text] = $call('POST', CUSTOMERS, NEWSTORE + JSON_BODY, $known, false);
    $created = json_decode($text);
    $one = CUSTOMERS . "/$created->id";
    $change = json_encode(['full_name' => 'Ana B.', 'last_updated_at' => $created->updated_at]);
    [$status, , $text] = $call('PATCH', $one, NEWSTORE + JSON_BODY, $change, false);
    tell('update', $status, json_decode($text)->full_name);
    [$status, $rule] = $call('PATCH', $one, NEWSTORE + JSON_BODY, $change, false);
    tell('stale update', $status, $rule);
    [$status, , $text] = $call('GET', CUSTOMERS . '?count=50', NEWSTORE, null, false);
    tell('list', $status, count(json_decode($text)->profiles));
    [$status, , $text] = $call('DELETE', $profile, VTEX, null, false);
    tell('delete', $status, $text);
    [$status] = $call('GET', $profile, VTEX, null, false);
    tell('read after delete', $status, '');
    $statuses = $many($one, NEWSTORE, 50);
    tell('side by side', $statuses[0], count(array_keys($statuses, 200)));
}
