/* When did this program's first instruction run? Appends one line to a file, forks members, and waits to be ended.
 *
 * usage: stamp FILE NAME MEMBERS [exit]
 *
 * Lines: `L NAME PID LEADER NANOSECONDS` of the leader and `M ...` of each member, on the monotonic clock. The members
 * are, in turn: a plain child, one with its own session, a double fork, a double fork with its own session. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *name;
static int file;

static void stamp(char kind, pid_t leader) {
  struct timespec now;
  char line[256];
  clock_gettime(CLOCK_MONOTONIC, &now);
  int length = snprintf(line, sizeof line, "%c %s %d %d %lld\n", kind, name, (int)getpid(), (int)leader,
                        now.tv_sec * 1000000000LL + now.tv_nsec);
  if (write(file, line, (size_t)length) != length) _exit(3);
}

static void member(int kind, pid_t leader) {
  if (fork() != 0) return;
  if (kind & 1) setsid();
  if (kind & 2 && fork() != 0) _exit(0);
  stamp('M', leader);
  for (;;) pause();
}

int main(int argc, char **argv) {
  if (argc < 4) return 2;
  name = argv[2];
  file = open(argv[1], O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return 2;
  stamp('L', getpid());
  if (argc > 4 && strcmp(argv[4], "exit") == 0) return 0;
  for (int i = 0; i < atoi(argv[3]); i++) member(i & 3, getpid());
  for (;;) pause();
}
