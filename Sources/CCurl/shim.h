// libcurl's variadic setters and getters, once per type, since Swift calls no variadic C function; and two of its
// results whose C types (a union, an opaque session) Swift could only guess at.
#ifndef BEDROCK_TRACE_CCURL_SHIM_H
#define BEDROCK_TRACE_CCURL_SHIM_H

#include <curl/curl.h>
#include <stdbool.h>

#define CCURL_EASY_SETTER(name, type) \
    static inline CURLcode ccurl_easy_set_##name(CURL *easy, CURLoption option, type value) { \
        return curl_easy_setopt(easy, option, value); \
    }
#define CCURL_EASY_GETTER(name, type) \
    static inline CURLcode ccurl_easy_get_##name(CURL *easy, CURLINFO info, type *value) { \
        return curl_easy_getinfo(easy, info, value); \
    }
#define CCURL_MULTI_SETTER(name, type) \
    static inline CURLMcode ccurl_multi_set_##name(CURLM *multi, CURLMoption option, type value) { \
        return curl_multi_setopt(multi, option, value); \
    }

CCURL_EASY_SETTER(long, long)
CCURL_EASY_SETTER(offset, curl_off_t)
CCURL_EASY_SETTER(string, const char *)
CCURL_EASY_SETTER(pointer, const void *)
CCURL_EASY_SETTER(list, struct curl_slist *)
CCURL_EASY_SETTER(write, curl_write_callback)
CCURL_EASY_SETTER(sockopt, curl_sockopt_callback)
CCURL_EASY_SETTER(closesocket, curl_closesocket_callback)
CCURL_EASY_SETTER(prereq, curl_prereq_callback)

CCURL_EASY_GETTER(long, long)
CCURL_EASY_GETTER(offset, curl_off_t)
CCURL_EASY_GETTER(string, const char *)
CCURL_EASY_GETTER(socket, curl_socket_t)
CCURL_EASY_GETTER(pointer, void *)

CCURL_MULTI_SETTER(long, long)
CCURL_MULTI_SETTER(pointer, void *)
CCURL_MULTI_SETTER(socket, curl_socket_callback)
CCURL_MULTI_SETTER(timer, curl_multi_timer_callback)

/// OpenSSL's `SSL *` of the running transfer's connection; NULL without TLS or where libcurl uses another library.
static inline void *ccurl_easy_openssl_session(CURL *easy) {
    struct curl_tlssessioninfo *session = NULL;
    if (curl_easy_getinfo(easy, CURLINFO_TLS_SSL_PTR, &session) != CURLE_OK || session == NULL) return NULL;
    return session->backend == CURLSSLBACKEND_OPENSSL ? session->internals : NULL;
}

/// The result a message carries beside its handle.
static inline CURLcode ccurl_message_result(const CURLMsg *message) { return message->data.result; }

#endif
