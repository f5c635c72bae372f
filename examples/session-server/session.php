<?php
// Opens sessions for the visitors of a site, with PHP 8:
//   GATEWAY=https://gateway.example GATEWAY_KEY=ak_… php -S 127.0.0.1:3000 session.php
declare(strict_types=1);

$gateway = getenv('GATEWAY');

if ($_SERVER['REQUEST_METHOD'] === 'POST' && $_SERVER['REQUEST_URI'] === '/session') {
    // The site's own user id. The same subject is the same visitor, with the same generations.
    $wish = ['subject' => 'visitor-1', 'budget' => 30, 'lifetime_secs' => 3600];
    $context = stream_context_create(['http' => [
        'method' => 'POST',
        'header' => ['Authorization: Bearer ' . getenv('GATEWAY_KEY'), 'Content-Type: application/json'],
        'content' => json_encode($wish),
        'ignore_errors' => true,
        'timeout' => 10,
    ]]);
    $answer = file_get_contents("$gateway/api/sessions", false, $context);
    preg_match('/ (\d{3})/', $http_response_header[0] ?? '', $status);
    http_response_code((int) ($status[1] ?? 502));
    header('Content-Type: application/json');
    echo $answer;
    return;
}

header('Content-Type: text/html; charset=utf-8');
echo str_replace('{gateway}', $gateway, file_get_contents(__DIR__ . '/page.html'));
