/* How fast can a supervisor log? Writes so many bytes to stdout, in writes of one size, then a last line.
 *
 * usage: writer GO BYTES SIZE PAUSE
 *
 * Begins when the file GO is there. PAUSE: microseconds between two writes, 0 for none; kept on average. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void nap(long long microseconds) {
  struct timespec time = {microseconds / 1000000, microseconds % 1000000 * 1000};
  nanosleep(&time, NULL);
}

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000LL + time.tv_nsec / 1000;
}

static void put(const char *bytes, size_t size) {
  while (size > 0) {
    ssize_t done = write(STDOUT_FILENO, bytes, size);
    if (done < 0) _exit(3);
    bytes += done, size -= (size_t)done;
  }
}

int main(int argc, char **argv) {
  if (argc < 5) return 2;
  long long left = atoll(argv[2]), pause = atoll(argv[4]);
  size_t size = (size_t)atoll(argv[3]);
  char *line = malloc(size);
  memset(line, 'x', size);
  line[size - 1] = '\n';
  while (access(argv[1], F_OK) != 0) nap(1000);
  long long due = now();
  for (; left > 0; left -= (long long)size) {
    put(line, size);
    if (pause == 0) continue;
    due += pause;
    long long early = due - now();
    if (early > 0) nap(early);
  }
  put("the end\n", 8);
  for (;;) nap(1000000);
}
