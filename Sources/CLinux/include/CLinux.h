// Linux headers that Swift's Glibc module does not cover.
#ifndef BEDROCK_TRACE_CLINUX_H
#define BEDROCK_TRACE_CLINUX_H

#include <sched.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/timex.h>
#include <sys/utsname.h>

// prctl is variadic, which Swift can't call.
static inline int set_thread_name(const char *name) { return prctl(PR_SET_NAME, name, 0, 0, 0); }
static inline int set_timer_slack(unsigned long nanoseconds) { return prctl(PR_SET_TIMERSLACK, nanoseconds, 0, 0, 0); }

#endif
