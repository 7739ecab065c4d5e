// The Linux interfaces that Swift's Glibc module lacks, and one that is variadic.
#ifndef BEDROCK_TRACE_CLINUX_H
#define BEDROCK_TRACE_CLINUX_H

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/timex.h>

/// prctl(2) for the options of one argument that concern the calling thread; 0 or -1 with `errno`.
int clinux_prctl(int option, unsigned long value);

#endif
