#!/usr/bin/perl
# The conversation of Perl's LWP; one JSON line a step.
use strict;
use warnings;
use HTTP::Request;
use JSON::PP;
use LWP::UserAgent;
use URI::Escape qw(uri_escape);

my @vtex = ('X-VTEX-API-AppKey' => 'vtexappkey-sandbox', 'X-VTEX-API-AppToken' => 'sandbox-token');
my @newstore = (Authorization => 'Bearer sandbox-newstore');
my @json = ('Content-Type' => 'application/json');
my $profiles = "$ENV{VTEX_URL}/api/storage/profile-system/profiles";
my $customers = "$ENV{NEWSTORE_URL}/v1/d/pii/profiles";
my $agent = LWP::UserAgent->new;
$agent->env_proxy if $ENV{HTTPS_PROXY};
my $coder = JSON::PP->new->canonical->utf8;
$| = 1;

sub tell_step {
    my ($step, $status, $value) = @_;
    print $coder->encode({step => $step, status => 0 + $status, value => $value}), "\n";
}

sub call {
    my ($method, $url, $headers, $body) = @_;
    my $response = $agent->request(HTTP::Request->new($method, $url, $headers, $body));
    die $response->decoded_content if ($response->header('Client-Warning') // '') eq 'Internal response';
    return ($response->code, scalar $response->header('X-Sandbox-Rule'), $response->decoded_content);
}

sub customer {
    my ($email, $document) = @_;
    return $coder->encode({firstName => 'Ana', lastName => 'Lima', email => $email, document => $document,
        documentType => 'CPF'});
}

my $ana = customer('ana+matrix@example.com', '12345678911');
my ($status, $rule, $text) = call('POST', $profiles, [@vtex, @json], $ana);
my $profile = "$profiles/" . decode_json($text)->{id};
tell_step('create', $status, decode_json($text)->{document}{email});
($status, $rule) = call('POST', $profiles, [@vtex, @json], $ana);
tell_step('conflict', $status, $rule);
my $email = uri_escape('ana+matrix@example.com');
($status, $rule, $text) = call('GET', "$profiles/$email?alternativeKey=email", [@vtex]);
tell_step('masked read', $status, decode_json($text)->{document}{email});
my @pieces = unpack '(a20)*', customer('ben@example.com', '98765432100');
($status, $rule, $text) = call('POST', $profiles, [@vtex, @json], sub { shift(@pieces) // '' });
tell_step('chunked create', $status, decode_json($text)->{document}{email});
my $known = $coder->encode({email => 'ana+matrix@example.com', full_name => 'Ana Lima'});
($status, $rule, $text) = call('POST', $customers, [@newstore, @json], $known);
my $created = decode_json($text);
my $one = "$customers/$created->{id}";
my $change = $coder->encode({full_name => 'Ana B.', last_updated_at => $created->{updated_at}});
($status, $rule, $text) = call('PATCH', $one, [@newstore, @json], $change);
tell_step('update', $status, decode_json($text)->{full_name});
($status, $rule) = call('PATCH', $one, [@newstore, @json], $change);
tell_step('stale update', $status, $rule);
($status, $rule, $text) = call('GET', "$customers?count=50", [@newstore]);
tell_step('list', $status, scalar @{decode_json($text)->{profiles}});
($status, $rule, $text) = call('DELETE', $profile, [@vtex]);
tell_step('delete', $status, $text);
($status) = call('GET', $profile, [@vtex]);
tell_step('read after delete', $status, '');
my @statuses = map { (call('GET', $one, [@newstore]))[0] } 1 .. 50;    # LWP has one request at a time
tell_step('side by side', $statuses[0], scalar grep { $_ == 200 } @statuses);
