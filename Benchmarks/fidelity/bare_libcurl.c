/* What libcurl, TLS and the kernel cost by themselves: the recorder's loop with nothing in it but a count.
 *
 * epoll and curl_multi_socket_action on one thread, kernel stamps off, nothing copied, nothing kept. What the recorder's
 * capture thread costs beyond this is its own. Prints one JSON object.
 *
 * Arguments: endpoint URL, CA bundle or "-", streams, requests a stream, output tokens. */
#define _GNU_SOURCE
#include <curl/curl.h>
#include <errno.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>

enum { READY_AT_ONCE = 512, SECONDS = 120 };

struct stream {
    CURL *easy;
    char body[256];
    int requests_left;
};

static CURLM *multi;
static int poller;
static uint64_t timer_due_ns = UINT64_MAX;
static uint64_t chunks;

static uint64_t now_ns(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void fail(const char *what) {
    fprintf(stderr, "bare_libcurl: %s\n", what);
    exit(1);
}

static size_t on_bytes(char *bytes, size_t size, size_t count, void *context) {
    (void)bytes, (void)context;
    chunks += 1;
    return size * count;
}

static size_t on_header(char *bytes, size_t size, size_t count, void *context) {
    (void)bytes, (void)context;
    return size * count;
}

static int on_socket(CURL *easy, curl_socket_t socket, int what, void *context, void *own) {
    (void)easy, (void)context, (void)own;
    struct epoll_event event = {.data.fd = socket};
    if (what == CURL_POLL_REMOVE) return epoll_ctl(poller, EPOLL_CTL_DEL, socket, &event), 0;
    if (what & CURL_POLL_IN) event.events |= EPOLLIN;
    if (what & CURL_POLL_OUT) event.events |= EPOLLOUT;
    if (epoll_ctl(poller, EPOLL_CTL_MOD, socket, &event) != 0) epoll_ctl(poller, EPOLL_CTL_ADD, socket, &event);
    return 0;
}

static int on_timer(CURLM *handle, long milliseconds, void *context) {
    (void)handle, (void)context;
    timer_due_ns = milliseconds < 0 ? UINT64_MAX : now_ns(CLOCK_MONOTONIC) + (uint64_t)milliseconds * 1000000u;
    return 0;
}

/* Starts every stream's next request and works until all have ended. */
static void run(struct stream *streams, int count, uint64_t *second_chunks, uint64_t *second_ns) {
    int in_flight = count;
    for (int index = 0; index < count; index++) curl_multi_add_handle(multi, streams[index].easy);
    uint64_t begin = now_ns(CLOCK_MONOTONIC);
    int second = 0;
    uint64_t chunks_before = chunks, busy_before = now_ns(CLOCK_THREAD_CPUTIME_ID);
    struct epoll_event events[READY_AT_ONCE];
    while (in_flight > 0) {
        uint64_t now = now_ns(CLOCK_MONOTONIC);
        uint64_t second_end = begin + (uint64_t)(second + 1) * 1000000000u;
        uint64_t due = timer_due_ns < second_end ? timer_due_ns : second_end;
        uint64_t wait = due > now ? due - now : 0;
        struct timespec limit = {.tv_sec = (time_t)(wait / 1000000000u), .tv_nsec = (long)(wait % 1000000000u)};
        int ready = epoll_pwait2(poller, events, READY_AT_ONCE, &limit, NULL);
        int running;
        for (int index = 0; index < ready; index++) {
            int what = (events[index].events & (EPOLLIN | EPOLLHUP) ? CURL_CSELECT_IN : 0)
                | (events[index].events & EPOLLOUT ? CURL_CSELECT_OUT : 0)
                | (events[index].events & EPOLLERR ? CURL_CSELECT_ERR : 0);
            curl_multi_socket_action(multi, events[index].data.fd, what, &running);
        }
        now = now_ns(CLOCK_MONOTONIC);
        if (timer_due_ns <= now) {
            timer_due_ns = UINT64_MAX;
            curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running);
        }
        CURLMsg *message;
        int left;
        while ((message = curl_multi_info_read(multi, &left)) != NULL) {
            if (message->msg != CURLMSG_DONE) continue;
            if (message->data.result != CURLE_OK) fail(curl_easy_strerror(message->data.result));
            struct stream *stream = NULL;
            long status = 0;
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&stream);
            curl_easy_getinfo(message->easy_handle, CURLINFO_RESPONSE_CODE, &status);
            if (status != 200) fail("an answer that is not 200");
            curl_multi_remove_handle(multi, stream->easy);
            stream->requests_left -= 1;
            if (stream->requests_left > 0) curl_multi_add_handle(multi, stream->easy);
            else in_flight -= 1;
        }
        if (now >= second_end) {
            uint64_t busy = now_ns(CLOCK_THREAD_CPUTIME_ID);
            if (second < SECONDS) {
                second_chunks[second] = chunks - chunks_before;
                second_ns[second] = busy - busy_before;
            }
            chunks_before = chunks;
            busy_before = busy;
            second += 1;
        }
    }
}

int main(int count, char **values) {
    if (count != 6) fail("expected an URL, a CA bundle or -, streams, requests a stream, output tokens");
    int stream_count = atoi(values[3]), requests = atoi(values[4]), tokens = atoi(values[5]);
    if (stream_count < 1 || requests < 1 || tokens < 1) fail("expected counts from 1");
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    /* As the recorder does, where it may. */
    struct sched_param priority = {.sched_priority = 1};
    sched_setscheduler(0, SCHED_FIFO, &priority);

    if (curl_global_init(CURL_GLOBAL_SSL) != CURLE_OK) fail("no libcurl");
    poller = epoll_create1(EPOLL_CLOEXEC);
    multi = curl_multi_init();
    curl_multi_setopt(multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)stream_count + 16);
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timer);

    char url[1024];
    snprintf(url, sizeof url, "%s/model/fidelity/converse-stream", values[1]);
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    headers = curl_slist_append(headers, "Expect:");
    struct stream *streams = calloc((size_t)stream_count, sizeof *streams);
    if (streams == NULL) fail("no memory");
    for (int index = 0; index < stream_count; index++) {
        struct stream *stream = &streams[index];
        snprintf(stream->body, sizeof stream->body,
            "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"stream %d\"}]}],"
            "\"inferenceConfig\":{\"maxTokens\":%d}}", index, tokens);
        stream->easy = curl_easy_init();
        stream->requests_left = 1;
        curl_easy_setopt(stream->easy, CURLOPT_PRIVATE, stream);
        curl_easy_setopt(stream->easy, CURLOPT_URL, url);
        curl_easy_setopt(stream->easy, CURLOPT_POSTFIELDS, stream->body);
        curl_easy_setopt(stream->easy, CURLOPT_HTTPHEADER, headers);
        curl_easy_setopt(stream->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
        curl_easy_setopt(stream->easy, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(stream->easy, CURLOPT_PROXY, "");
        curl_easy_setopt(stream->easy, CURLOPT_CAPATH, NULL);
        if (strcmp(values[2], "-") != 0) curl_easy_setopt(stream->easy, CURLOPT_CAINFO, values[2]);
        curl_easy_setopt(stream->easy, CURLOPT_WRITEFUNCTION, on_bytes);
        curl_easy_setopt(stream->easy, CURLOPT_HEADERFUNCTION, on_header);
    }
    uint64_t second_chunks[SECONDS] = {0}, second_ns[SECONDS] = {0};
    /* One request opens each connection; then all begin together. */
    run(streams, stream_count, second_chunks, second_ns);
    memset(second_chunks, 0, sizeof second_chunks);
    memset(second_ns, 0, sizeof second_ns);
    for (int index = 0; index < stream_count; index++) streams[index].requests_left = requests;
    run(streams, stream_count, second_chunks, second_ns);

    /* Full seconds at the run's pace alone, as the recorder's cost is taken. */
    uint64_t pace = 0, steady_chunks = 0, steady_ns = 0;
    for (int index = 0; index < SECONDS; index++) if (second_chunks[index] > pace) pace = second_chunks[index];
    for (int index = 0; index < SECONDS; index++) {
        if (second_chunks[index] * 10 <= pace * 9) continue;
        steady_chunks += second_chunks[index];
        steady_ns += second_ns[index];
    }
    printf("{\"steady_us_per_chunk\":%.3f,\"most_chunks_per_second\":%llu}\n",
        steady_chunks > 0 ? (double)steady_ns / 1e3 / (double)steady_chunks : 0.0, (unsigned long long)pace);
    return 0;
}
