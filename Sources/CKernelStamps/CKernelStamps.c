// See CKernelStamps.h.
#define _GNU_SOURCE
#include "CKernelStamps.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

// The libc's own control-message name differs between architectures' generic and old headers.
#ifndef SCM_TIMESTAMPNS
#define SCM_TIMESTAMPNS SO_TIMESTAMPNS
#endif

struct entry {
    uint64_t received_realtime_ns;
    uint64_t sent_monotonic_ns;
    bool is_registered;
};

struct table {
    int capacity;
    int last_read;
    uint64_t reads;
    struct entry entries[];
};

// One table per capture thread and none elsewhere, so nothing is shared and no other thread pays more than one load.
static __thread struct table *table = NULL;

bool kernelstamps_open(int capacity) {
    if (table != NULL || capacity <= 0) return false;
    struct table *opened = calloc(1, sizeof *opened + (size_t)capacity * sizeof(struct entry));
    if (opened == NULL) return false;
    opened->capacity = capacity;
    opened->last_read = -1;
    table = opened;
    return true;
}

void kernelstamps_close(void) {
    free(table);
    table = NULL;
}

static struct entry *entry_of(int descriptor) {
    if (table == NULL || descriptor < 0 || descriptor >= table->capacity) return NULL;
    return &table->entries[descriptor];
}

static struct entry *registered(int descriptor) {
    struct entry *entry = entry_of(descriptor);
    return entry != NULL && entry->is_registered ? entry : NULL;
}

bool kernelstamps_register(int descriptor) {
    struct entry *entry = entry_of(descriptor);
    if (entry == NULL) return false;
    memset(entry, 0, sizeof *entry);
    int on = 1;
    if (setsockopt(descriptor, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) != 0) return false;
    entry->is_registered = true;
    return true;
}

void kernelstamps_unregister(int descriptor) {
    struct entry *entry = entry_of(descriptor);
    if (entry != NULL) entry->is_registered = false;
}

uint64_t kernelstamps_received_realtime_ns(int descriptor) {
    struct entry *entry = entry_of(descriptor);
    return entry == NULL ? 0 : entry->received_realtime_ns;
}

uint64_t kernelstamps_sent_monotonic_ns(int descriptor) {
    struct entry *entry = entry_of(descriptor);
    return entry == NULL ? 0 : entry->sent_monotonic_ns;
}

int kernelstamps_last_read_descriptor(void) { return table == NULL ? -1 : table->last_read; }

uint64_t kernelstamps_read_count(void) { return table == NULL ? 0 : table->reads; }

static uint64_t nanoseconds(const struct timespec *time) {
    return (uint64_t)time->tv_sec * 1000000000u + (uint64_t)time->tv_nsec;
}

ssize_t recv(int descriptor, void *buffer, size_t length, int flags) {
    struct entry *entry = registered(descriptor);
    // A peek consumes nothing: its stamp would be of bytes that are yet to be read.
    if (entry == NULL || (flags & MSG_PEEK) != 0) return recvfrom(descriptor, buffer, length, flags, NULL, NULL);

    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(struct timespec))];
    struct iovec slice = {.iov_base = buffer, .iov_len = length};
    struct msghdr message = {
        .msg_iov = &slice, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    ssize_t count = recvmsg(descriptor, &message, flags);
    if (count <= 0) return count;
    table->reads += 1;
    table->last_read = descriptor;
    entry->received_realtime_ns = 0;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header != NULL; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_TIMESTAMPNS) continue;
        struct timespec time;
        memcpy(&time, CMSG_DATA(header), sizeof time);
        entry->received_realtime_ns = nanoseconds(&time);
    }
    return count;
}

ssize_t send(int descriptor, const void *buffer, size_t length, int flags) {
    struct entry *entry = registered(descriptor);
    if (entry == NULL) return sendto(descriptor, buffer, length, flags, NULL, 0);
    // Before the call: whoever it wakes may run before it returns, and answer first.
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    ssize_t count = sendto(descriptor, buffer, length, flags, NULL, 0);
    if (count > 0) entry->sent_monotonic_ns = nanoseconds(&time);
    return count;
}
