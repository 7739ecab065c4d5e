// See CLinux.h.
#include "CLinux.h"

int clinux_prctl(int option, unsigned long value) { return prctl(option, value, 0, 0, 0); }
