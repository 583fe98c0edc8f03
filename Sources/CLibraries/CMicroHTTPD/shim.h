#pragma once
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/types.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <microhttpd.h>

/* Variadic C functions are invisible to Swift; each use gets its own type here. */

struct sluice_mhd_settings {
    unsigned int threads;
    unsigned int connection_limit;
    unsigned int inactivity_seconds;
    size_t memory_per_connection;
    void *context; /* Handed to each of the callbacks. */
    MHD_LogCallback message;
    MHD_AccessHandlerCallback handle;
    MHD_RequestCompletedCallback request_ended;
    MHD_NotifyConnectionCallback connection_changed;
    void *(*target_read)(void *context, const char *target, struct MHD_Connection *connection);
};

/* The path goes to the responder as it was sent, so nothing may be decoded in place. */
static inline size_t sluice_mhd_keep_escapes(
    void *context, struct MHD_Connection *connection, char *text) {
    (void)context;
    (void)connection;
    return strlen(text);
}

/* A daemon without a listening socket: connections come through MHD_add_connection. */
static inline struct MHD_Daemon *sluice_mhd_start(const struct sluice_mhd_settings *settings) {
    struct MHD_OptionItem pool[] = {
        {MHD_OPTION_THREAD_POOL_SIZE, settings->threads, NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    return MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_NO_LISTEN_SOCKET |
            MHD_USE_ERROR_LOG,
        0, NULL, NULL, settings->handle, settings->context,
        MHD_OPTION_EXTERNAL_LOGGER, settings->message, settings->context,
        MHD_OPTION_CONNECTION_LIMIT, settings->connection_limit,
        MHD_OPTION_CONNECTION_TIMEOUT, settings->inactivity_seconds,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, settings->memory_per_connection,
        MHD_OPTION_UNESCAPE_CALLBACK, &sluice_mhd_keep_escapes, NULL,
        MHD_OPTION_URI_LOG_CALLBACK, settings->target_read, settings->context,
        MHD_OPTION_NOTIFY_COMPLETED, settings->request_ended, settings->context,
        MHD_OPTION_NOTIFY_CONNECTION, settings->connection_changed, settings->context,
        /* A pool of one is refused with a warning; without the option there is one thread. */
        MHD_OPTION_ARRAY, settings->threads > 1 ? pool : &pool[1], MHD_OPTION_END);
}

static inline int sluice_mhd_descriptor(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info == NULL ? -1 : info->connect_fd;
}

static inline const struct sockaddr *sluice_mhd_peer(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    return info == NULL ? NULL : info->client_addr;
}

static inline void *sluice_mhd_connection_context(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info == NULL ? NULL : info->socket_context;
}

static inline size_t sluice_mhd_head_size(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    return info == NULL ? 0 : info->header_size;
}

/* Before it asks anybody, the parser copies the first Cookie field and notes each of its pairs, and
   where memory runs out meanwhile it sends a garbled answer. It cannot be told not to. So, as the
   target is read, it is given a field to find before the request's own. */
static inline void sluice_mhd_hide_cookies(struct MHD_Connection *connection) {
    MHD_set_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_COOKIE, "-");
}

/* What Linux appends to the part of tcp_info that glibc declares (include/uapi/linux/tcp.h). */
struct sluice_tcp_info {
    struct tcp_info declared;
    uint64_t pacing_rate, max_pacing_rate, bytes_acked, bytes_received;
};

struct sluice_tcp_progress {
    int64_t bytes_received;
    int peer_has_finished; /* It has sent its last byte and said so. */
    int bytes_unread;
};

/* All zero where the kernel does not say. */
static inline struct sluice_tcp_progress sluice_tcp_progress_of(int descriptor) {
    struct sluice_tcp_progress progress = {0, 0, 0};
    struct sluice_tcp_info info;
    socklen_t size = sizeof info;
    if (getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 && size >= sizeof info) {
        progress.bytes_received = (int64_t)info.bytes_received;
        progress.peer_has_finished = info.declared.tcpi_state == TCP_CLOSE_WAIT;
        ioctl(descriptor, FIONREAD, &progress.bytes_unread);
    }
    return progress;
}
