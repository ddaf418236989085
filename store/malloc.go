package store

/*
#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
// Before there are threads: later it is without effect.
__attribute__((constructor)) static void oneArena(void) { mallopt(M_ARENA_MAX, 1); }
#endif
*/
import "C"

// Memory that SQLite frees in one thread is given to it in all others, too. Else of
// 150 MB a fifth lies idle.
