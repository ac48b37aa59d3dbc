// One pool of threads for the whole process: kernels are cut into shares, and whoever is free takes the next one.
#ifndef TANDEM_POOL_H
#define TANDEM_POOL_H

// The most threads that work on one kernel, the caller among them.
enum { POOL_THREADS = 64 };

// Starts threads until `threads` can work together, the caller among them.
void pool_grow(int threads);
// Calls work(arguments) once for each share, with share_index and share_count set, on the caller and on the pool. Returns
// when all shares are done. While another caller has the pool, the caller does everything alone, as one share.
void pool_run(void (*work)(void *), void *arguments, int shares);
// Ends and joins all threads; a later pool_grow starts anew.
void pool_stop(void);

#endif
