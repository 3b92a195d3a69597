<?php
require __DIR__ . '/steps.php';

function lines(array $headers): array
{
    return array_map(fn ($name, $value) => "$name: $value", array_keys($headers), $headers);
}

$handle = curl_init();
$call = function (string $method, string $url, array $headers, ?string $body, bool $chunked) use ($handle): array {
    curl_reset($handle);
    $rule = null;
    curl_setopt_array($handle, [CURLOPT_URL => $url, CURLOPT_CUSTOMREQUEST => $method,
        CURLOPT_RETURNTRANSFER => true, CURLOPT_HTTPHEADER => lines($headers),
        CURLOPT_HEADERFUNCTION => function ($handle, string $line) use (&$rule): int {
            if (stripos($line, 'x-sandbox-rule:') === 0) {
                $rule = trim(substr($line, 15));
            }
            return strlen($line);
        }]);
    if ($chunked) { // an upload of unknown length
        $rest = $body;
        curl_setopt_array($handle, [CURLOPT_UPLOAD => true, CURLOPT_CUSTOMREQUEST => $method,
            CURLOPT_READFUNCTION => function ($handle, $file, int $most) use (&$rest): string {
                [$piece, $rest] = [substr($rest, 0, min($most, 20)), substr($rest, min($most, 20))];
                return $piece;
            }]);
    } elseif ($body !== null) {
        curl_setopt($handle, CURLOPT_POSTFIELDS, $body);
    }
    $text = curl_exec($handle);
    if ($text === false) {
        throw new RuntimeException(curl_error($handle));
    }
    return [curl_getinfo($handle, CURLINFO_RESPONSE_CODE), $rule, $text];
};

$many = function (string $url, array $headers, int $count): array {
    $multi = curl_multi_init();
    curl_multi_setopt($multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, 10);
    $handles = [];
    for ($i = 0; $i < $count; $i++) {
        $handles[] = $handle = curl_init($url);
        curl_setopt_array($handle, [CURLOPT_RETURNTRANSFER => true, CURLOPT_HTTPHEADER => lines($headers)]);
        curl_multi_add_handle($multi, $handle);
    }
    do {
        curl_multi_exec($multi, $running);
        curl_multi_select($multi, 0.1);
    } while ($running);
    return array_map(fn ($handle) => curl_getinfo($handle, CURLINFO_RESPONSE_CODE), $handles);
};

play($call, $many);
