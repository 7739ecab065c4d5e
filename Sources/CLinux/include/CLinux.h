// The Linux interfaces that Swift's Glibc module lacks (epoll, eventfd, prctl, adjtimex) or cannot import (macros).
#ifndef BEDROCK_TRACE_CLINUX_H
#define BEDROCK_TRACE_CLINUX_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/timex.h>
#include <time.h>

/// Waits like `epoll_wait`, with a timeout in nanoseconds; a negative one waits for ever. Falls back to milliseconds
/// (rounded up) on kernels before 5.11.
int clinux_epoll_wait(int poller, struct epoll_event *events, int capacity, int64_t timeout_ns);

/// Adds, changes or removes (`EPOLL_CTL_*`) a descriptor with itself as the event's data.
int clinux_epoll_control(int poller, int operation, int descriptor, uint32_t events);

/// The descriptor an event is about, as `clinux_epoll_control` put it there.
static inline int clinux_epoll_descriptor(const struct epoll_event *event) { return event->data.fd; }

/// Lets the calling thread's timers expire within `nanoseconds` of their instant (`PR_SET_TIMERSLACK`).
int clinux_set_timer_slack(unsigned long nanoseconds);

/// Puts the calling thread, and no thread that it starts, into `SCHED_FIFO` at `priority`; 0 or -1 with `errno`.
int clinux_become_realtime(int priority);

/// Whether the calling thread runs under `SCHED_FIFO`.
bool clinux_is_realtime(void);

/// Locks the process's memory, present and future, page by page as it is touched; 0 or -1 with `errno`. Refuses where
/// RLIMIT_MEMLOCK would make a later allocation fail.
int clinux_lock_memory(void);

/// Names the calling thread (at most 15 bytes) for `top -H` and debuggers.
void clinux_name_thread(const char *name);

/// Raises the soft limit of open descriptors to the hard one; the limit then in force.
uint64_t clinux_raise_descriptor_limit(void);

/// What the kernel says of the wall clock: whether it is synchronized, and its error bound in microseconds.
int clinux_clock_status(bool *is_synchronized, int64_t *maximum_error_us);

/// A clock in nanoseconds; 0 where the clock does not exist.
static inline uint64_t clinux_clock_ns(clockid_t clock) {
    struct timespec time;
    if (clock_gettime(clock, &time) != 0) return 0;
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static inline uint64_t clinux_monotonic_ns(void) { return clinux_clock_ns(CLOCK_MONOTONIC); }
static inline uint64_t clinux_realtime_ns(void) { return clinux_clock_ns(CLOCK_REALTIME); }
static inline uint64_t clinux_monotonic_raw_ns(void) { return clinux_clock_ns(CLOCK_MONOTONIC_RAW); }
static inline uint64_t clinux_boottime_ns(void) { return clinux_clock_ns(CLOCK_BOOTTIME); }
static inline uint64_t clinux_thread_cpu_ns(void) { return clinux_clock_ns(CLOCK_THREAD_CPUTIME_ID); }

#endif
