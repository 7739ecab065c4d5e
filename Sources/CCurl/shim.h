// libcurl's variadic setters and getters, spelled once per argument type so that Swift can call them.
#ifndef BEDROCK_TRACE_CCURL_SHIM_H
#define BEDROCK_TRACE_CCURL_SHIM_H

#include <curl/curl.h>

#endif
