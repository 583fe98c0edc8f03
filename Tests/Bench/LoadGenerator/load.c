// Signs wallets in over HTTP/1.1 keep-alive connections, as fast as the answers come.
//
//   load <port> <connections> <seconds> <wallets> <origin>
//
// One thread and epoll, so that it takes as little as possible from the server it shares the
// machine with. Every answer must be the expected one; the first that is not ends the run with
// exit status 1. Prints one line of JSON.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BUFFER = 32768, MESSAGE = 4096, TOKEN = 1024, MAX_LATENCIES = 4000000 };

struct wallet {
    uint8_t public_key[32];
    uint8_t secret_key[64];
    char address[67];
};

struct connection {
    int socket;
    bool verifying;
    struct wallet *wallet;
    uint64_t started;
    char input[BUFFER];
    size_t received;
};

static const char *origin;
static int port;
static struct wallet *wallets;
static size_t wallet_count;
static uint64_t *latencies;
static size_t done;

static void fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(1);
}

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

// A Sui address is BLAKE2b-256 over the scheme's flag, 0 for Ed25519, and the public key.
static void make_wallet(struct wallet *wallet, uint32_t number) {
    uint8_t seed[32] = {0}, key[33] = {0}, digest[32];
    memcpy(seed, &number, sizeof number);
    crypto_sign_seed_keypair(wallet->public_key, wallet->secret_key, seed);
    memcpy(key + 1, wallet->public_key, 32);
    crypto_generichash(digest, 32, key, 33, NULL, 0);
    memcpy(wallet->address, "0x", 2);
    sodium_bin2hex(wallet->address + 2, 65, digest, 32);
}

// A personal message is signed as BLAKE2b-256 over intent 3, 0, 0, its length as ULEB, and itself.
static void sign(const struct wallet *wallet, const char *message, size_t length, char *text) {
    uint8_t head[8] = {3, 0, 0}, digest[32], signature[97] = {0};
    size_t head_length = 3;
    for (size_t rest = length; ; rest >>= 7) {
        head[head_length++] = (uint8_t)(rest & 0x7f) | (rest > 0x7f ? 0x80 : 0);
        if (rest <= 0x7f) break;
    }
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, 32);
    crypto_generichash_update(&state, head, head_length);
    crypto_generichash_update(&state, (const uint8_t *)message, length);
    crypto_generichash_final(&state, digest, 32);
    crypto_sign_detached(signature + 1, NULL, digest, 32, wallet->secret_key);
    memcpy(signature + 65, wallet->public_key, 32);
    sodium_bin2base64(text, 133, signature, 97, sodium_base64_VARIANT_ORIGINAL);
}

static void post(struct connection *connection, const char *path, const char *cookie,
                 const char *body) {
    char request[BUFFER];
    int length = snprintf(request, sizeof request,
        "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nOrigin: %s\r\n"
        "Content-Type: application/json\r\nUser-Agent: sluice-bench\r\n%s%s%s"
        "Content-Length: %zu\r\n\r\n%s",
        path, port, origin, cookie ? "Cookie: sluice_challenge=" : "", cookie ? cookie : "",
        cookie ? "\r\n" : "", strlen(body), body);
    if (length < 0 || (size_t)length >= sizeof request) fail("a request is too long");
    if (send(connection->socket, request, (size_t)length, MSG_NOSIGNAL) != length)
        fail("a request could not be sent: %s", strerror(errno));
    connection->received = 0;
}

static void ask_for_challenge(struct connection *connection) {
    char body[128];
    connection->wallet = &wallets[randombytes_uniform((uint32_t)wallet_count)];
    connection->started = now();
    connection->verifying = false;
    snprintf(body, sizeof body, "{\"address\":\"%s\"}", connection->wallet->address);
    post(connection, "/v1/auth/challenge", NULL, body);
}

// Copies a JSON string's value; of the escapes only those that the sign-in text can hold.
static size_t member(const char *body, const char *name, char *value, size_t limit) {
    char mark[64];
    snprintf(mark, sizeof mark, "\"%s\":\"", name);
    const char *at = strstr(body, mark);
    if (!at) fail("no %s in: %s", name, body);
    size_t length = 0;
    for (at += strlen(mark); *at && *at != '"'; at++) {
        char character = *at;
        if (character == '\\') {
            character = *++at;
            if (character == 'n') character = '\n';
        }
        if (length + 1 >= limit) fail("%s is too long", name);
        value[length++] = character;
    }
    value[length] = 0;
    return length;
}

static void answer_challenge(struct connection *connection, char *head, char *body) {
    char message[MESSAGE], nonce[TOKEN], token[TOKEN], signature[133], request[2 * TOKEN];
    size_t length = member(body, "message", message, sizeof message);
    member(body, "nonce", nonce, sizeof nonce);
    char *cookie = strstr(head, "sluice_challenge=");
    if (!cookie) fail("no challenge cookie in: %s", head);
    cookie += strlen("sluice_challenge=");
    size_t cookie_length = strcspn(cookie, ";\r\n");
    if (cookie_length >= sizeof token) fail("the cookie is too long");
    memcpy(token, cookie, cookie_length);
    token[cookie_length] = 0;
    sign(connection->wallet, message, length, signature);
    snprintf(request, sizeof request, "{\"nonce\":\"%s\",\"signature\":\"%s\"}", nonce, signature);
    connection->verifying = true;
    post(connection, "/v1/auth/verify", token, request);
}

static void handle(struct connection *connection, char *head, char *body) {
    int status = atoi(head + strlen("HTTP/1.1 "));
    if (!connection->verifying) {
        if (status != 201) fail("challenge: %d %s", status, body);
        answer_challenge(connection, head, body);
        return;
    }
    if (status != 200) fail("verify: %d %s", status, body);
    if (done < MAX_LATENCIES) latencies[done] = now() - connection->started;
    done++;
    ask_for_challenge(connection);
}

// Reads what has come; handles the answer once it is whole.
static void receive(struct connection *connection) {
    ssize_t count = recv(connection->socket, connection->input + connection->received,
                         BUFFER - 1 - connection->received, 0);
    if (count <= 0) fail("a connection was closed: %s", count < 0 ? strerror(errno) : "end");
    connection->received += (size_t)count;
    connection->input[connection->received] = 0;
    char *end = strstr(connection->input, "\r\n\r\n");
    if (!end) return;
    char *length = strcasestr(connection->input, "\r\ncontent-length:");
    if (!length || length > end) fail("an answer without a length: %s", connection->input);
    size_t expected = strtoul(length + strlen("\r\ncontent-length:"), NULL, 10);
    char *body = end + 4;
    if (connection->received < (size_t)(body - connection->input) + expected) return;
    *end = 0;
    static char copy[BUFFER];  // The buffer is used again while the answer is handled.
    memcpy(copy, connection->input, connection->received + 1);
    handle(connection, copy, copy + (body - connection->input));
}

static int open_socket(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int result = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    if (result < 0 || connect(result, (struct sockaddr *)&address, sizeof address) != 0)
        fail("cannot connect to port %d: %s", port, strerror(errno));
    setsockopt(result, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return result;
}

static int by_size(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

static void print_result(double seconds) {
    size_t kept = done < MAX_LATENCIES ? done : MAX_LATENCIES;
    qsort(latencies, kept, sizeof *latencies, by_size);
    printf("{\"signIns\":%zu,\"perSecond\":%.1f,\"medianMs\":%.3f,\"p99Ms\":%.3f}\n", done,
           (double)done / seconds, kept ? (double)latencies[kept / 2] / 1e6 : 0,
           kept ? (double)latencies[kept * 99 / 100] / 1e6 : 0);
}

int main(int count, char **arguments) {
    if (count != 6) fail("usage: load <port> <connections> <seconds> <wallets> <origin>");
    port = atoi(arguments[1]);
    int connections = atoi(arguments[2]);
    double seconds = atof(arguments[3]);
    wallet_count = strtoul(arguments[4], NULL, 10);
    origin = arguments[5];
    if (connections < 1 || wallet_count < 1 || sodium_init() < 0) fail("nothing to do");
    wallets = calloc(wallet_count, sizeof *wallets);
    latencies = calloc(MAX_LATENCIES, sizeof *latencies);
    struct connection *all = calloc((size_t)connections, sizeof *all);
    if (!wallets || !latencies || !all) fail("out of memory");
    for (size_t i = 0; i < wallet_count; i++) make_wallet(&wallets[i], (uint32_t)i + 1);
    int poll = epoll_create1(0);
    for (int i = 0; i < connections; i++) {
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &all[i]};
        all[i].socket = open_socket();
        if (epoll_ctl(poll, EPOLL_CTL_ADD, all[i].socket, &event) != 0) fail("epoll_ctl");
    }
    uint64_t start = now(), end = start + (uint64_t)(seconds * 1e9);
    for (int i = 0; i < connections; i++) ask_for_challenge(&all[i]);
    while (now() < end) {
        struct epoll_event events[256];
        int ready = epoll_wait(poll, events, 256, 5000);
        if (ready == 0) fail("no answer for 5 seconds");
        for (int i = 0; i < ready; i++) receive(events[i].data.ptr);
    }
    print_result((double)(now() - start) / 1e9);
    return 0;
}
