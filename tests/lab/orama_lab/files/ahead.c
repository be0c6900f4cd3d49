/* Lets every program that starts on a node see a wall clock that is AHEAD seconds ahead.
 * A wall clock has no namespace; loaded by ld.so.preload this is as good as one. The monotonic clock
 * stays as it is: timeouts must not notice. libfaketime shifts that too, and the collector hung. */
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t id, struct timespec *now) {
  int failed = (int)syscall(SYS_clock_gettime, id, now);
  if (!failed && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE)) now->tv_sec += AHEAD;
  return failed;
}

time_t time(time_t *to) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (to) *to = now.tv_sec;
  return now.tv_sec;
}

int gettimeofday(struct timeval *restrict to, void *restrict zone) {
  struct timespec now;
  int failed = clock_gettime(CLOCK_REALTIME, &now);
  (void)zone;
  if (!failed) {
    to->tv_sec = now.tv_sec;
    to->tv_usec = now.tv_nsec / 1000;
  }
  return failed;
}
