// Receive stamps of the kernel for sockets that libcurl reads: `recv` and `send` as the executable defines them.
//
// ELF resolves a shared library's calls to a symbol that the executable defines, so libcurl's `recv` becomes
// `recvmsg` with room for the control message in which `SO_TIMESTAMPNS` puts the arrival (socket(7)), and its `send`
// notes when the kernel got the bytes. Only the thread that opened a table, and only descriptors registered in
// it, are touched; every other call passes straight through.
#ifndef BEDROCK_TRACE_CKERNELSTAMPS_H
#define BEDROCK_TRACE_CKERNELSTAMPS_H

#include <stdbool.h>
#include <stdint.h>

/// Gives the calling thread a table for descriptors below `capacity`; false where there is no memory or it has one.
bool kernelstamps_open(int capacity);

/// Takes the calling thread's table away.
void kernelstamps_close(void);

/// Asks the kernel to stamp what `descriptor` receives and forgets what an earlier holder of the number left; false
/// where the table is too small, absent, or the kernel refuses.
bool kernelstamps_register(int descriptor);

/// Lets `descriptor` pass straight through again; its last stamps stay readable until it is registered again.
void kernelstamps_unregister(int descriptor);

/// When the bytes that `descriptor` gave last had arrived, `CLOCK_REALTIME` ns; 0 where the kernel did not say.
uint64_t kernelstamps_received_realtime_ns(int descriptor);

/// When the bytes that `descriptor` was given last were handed to the kernel, `CLOCK_MONOTONIC` ns; 0 before the first.
uint64_t kernelstamps_sent_monotonic_ns(int descriptor);

/// The registered descriptor that the calling thread read last; -1 before the first.
int kernelstamps_last_read_descriptor(void);

/// How many reads of registered descriptors went through the calling thread's table.
uint64_t kernelstamps_read_count(void);

#endif
