package store

/*
#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
// It must be called before there are threads; later it has no effect.
__attribute__((constructor)) static void oneArena(void) { mallopt(M_ARENA_MAX, 1); }
#endif
*/
import "C"

// With a single arena, memory that SQLite frees in one thread is used again in all others.
// With one for each thread, a fifth of 150 MB was unused.
