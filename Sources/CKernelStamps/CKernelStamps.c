#define _GNU_SOURCE
#include "CKernelStamps.h"

#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { most_descriptors = 1 << 16 };

// Each thread has a table of its own, so that no other thread's call ever reads what the capture thread writes.
struct slot {
    bool is_registered;
    struct kernel_stamps stamps;
};
static _Thread_local struct slot *table;
static struct slot capture_table[most_descriptors];
static int table_owner;

static struct slot *find(int descriptor) {
    if (table == NULL || descriptor < 0 || descriptor >= most_descriptors) return NULL;
    return table[descriptor].is_registered ? &table[descriptor] : NULL;
}

bool kernel_stamps_register(int descriptor) {
    if (descriptor < 0 || descriptor >= most_descriptors) return false;
    if (table == NULL) {
        // One thread may capture; a second one would share the table.
        if (__sync_lock_test_and_set(&table_owner, 1)) return false;
        table = capture_table;
    }
    int on = 1;
    if (setsockopt(descriptor, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) != 0) return false;
    memset(&table[descriptor], 0, sizeof table[descriptor]);
    table[descriptor].is_registered = true;
    return true;
}

void kernel_stamps_forget(int descriptor) {
    struct slot *slot = find(descriptor);
    if (slot != NULL) slot->is_registered = false;
}

void kernel_stamps_release_thread(void) {
    if (table == NULL) return;
    memset(table, 0, sizeof capture_table);
    table = NULL;
    __sync_lock_release(&table_owner);
}

struct kernel_stamps kernel_stamps_of(int descriptor) {
    struct slot *slot = find(descriptor);
    return slot != NULL ? slot->stamps : (struct kernel_stamps){0};
}

ssize_t recv(int descriptor, void *buffer, size_t count, int flags) {
    struct slot *slot = find(descriptor);
    if (slot == NULL) return recvfrom(descriptor, buffer, count, flags, NULL, NULL);
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(struct timespec)) + 64];
    } control;
    struct iovec vector = {.iov_base = buffer, .iov_len = count};
    struct msghdr message = {
        .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    ssize_t got = recvmsg(descriptor, &message, flags);
    if (got <= 0) return got;
    for (struct cmsghdr *part = CMSG_FIRSTHDR(&message); part != NULL; part = CMSG_NXTHDR(&message, part)) {
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_TIMESTAMPNS) continue;
        struct timespec time;
        memcpy(&time, CMSG_DATA(part), sizeof time);
        slot->stamps.received_realtime_ns = (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
        slot->stamps.stamped_reads += 1;
    }
    return got;
}

ssize_t send(int descriptor, const void *buffer, size_t count, int flags) {
    ssize_t taken = sendto(descriptor, buffer, count, flags, NULL, 0);
    struct slot *slot = find(descriptor);
    if (taken > 0 && slot != NULL) {
        struct timespec time;
        clock_gettime(CLOCK_MONOTONIC, &time);
        slot->stamps.sent_monotonic_ns = (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
    }
    return taken;
}
