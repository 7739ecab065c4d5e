// Kernel stamps of the sockets of one thread.
//
// This target defines `recv` and `send`, so that libcurl's calls come here: `recv` becomes `recvmsg` with room for the
// receive time that SO_TIMESTAMPNS asks for, which plain `recv` drops; `send` notes when the kernel took the bytes.
// Only descriptors that the capture thread registered are touched; every other call passes straight through.
#ifndef BEDROCK_TRACE_CKERNELSTAMPS_H
#define BEDROCK_TRACE_CKERNELSTAMPS_H

#include <stdbool.h>
#include <stdint.h>

// What is known of one descriptor; nanoseconds, 0 where nothing is known.
struct kernel_stamps {
    // CLOCK_REALTIME of the last segment read.
    int64_t received_realtime_ns;
    // CLOCK_MONOTONIC just after the last send.
    int64_t sent_monotonic_ns;
    // Reads that came with a stamp.
    uint64_t stamped_reads;
};

// Asks the kernel for receive times on `descriptor` and keeps them from now on; false where it refuses, or where
// another thread captures already.
bool kernel_stamps_register(int descriptor);
// Forgets `descriptor`.
void kernel_stamps_forget(int descriptor);
// What is known of `descriptor`; zeros for one that is not registered.
struct kernel_stamps kernel_stamps_of(int descriptor);
// Forgets everything the calling thread registered, so that another thread may capture.
void kernel_stamps_release_thread(void);

#endif
