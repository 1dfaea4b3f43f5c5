/* How does the guardian get on with the service manager that started it? It says what the supervisor wants said, from the pid that
 * is believed (systemd's NotifyAccess=main; the grammar is that of sd_notify(3)), and it can be that pid from the beginning.
 *
 * guardian begin -- FILE ARG...
 *     Runs FILE with TSVISOR_BEGIN=1 in its environment. What FILE writes to fd 3 is a command line, each word ended by a zero
 *     byte; when FILE ends with status 0, this process becomes that command. Otherwise: the exit status of FILE. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guardian.h"

/* ---- what the supervisor says ---- */

static int manager = -1; /* a datagram socket, where a service manager listens */
static struct sockaddr_un address = {.sun_family = AF_UNIX};
static socklen_t address_size;
static long long watchdog; /* microseconds; 0: none */
static bool told_ready; /* before that a first WATCHDOG=1 would limit the time of the start */

bool has_manager(void) { return manager >= 0; }
long long watchdog_time(void) { return watchdog; }

void find_manager(void) {
    const char *path = getenv("NOTIFY_SOCKET"), *time = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
    size_t length = path == NULL ? 0 : strlen(path);
    if (length > 1 && length < sizeof address.sun_path && strchr("/@", *path) != NULL) {
        memcpy(address.sun_path, path, length);
        if (*path == '@') address.sun_path[0] = '\0'; /* an abstract name */
        address_size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
        manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        /* It may be slow, but is never worth a delay of the sweep. */
        setsockopt(manager, SOL_SOCKET, SO_SNDTIMEO, &(struct timeval){.tv_sec = 1}, sizeof(struct timeval));
    }
    bool ours = pid == NULL || atoll(pid) == getpid();
    watchdog = manager >= 0 && time != NULL && ours ? atoll(time) : 0;
    /* They are for us: a program that took them for its own would speak in our name. */
    unsetenv("NOTIFY_SOCKET"), unsetenv("WATCHDOG_USEC"), unsetenv("WATCHDOG_PID");
}

void notify(const char *text) {
    if (manager < 0) return;
    if (strcmp(text, "READY=1") == 0) told_ready = true;
    sendto(manager, text, strlen(text), MSG_NOSIGNAL, (struct sockaddr *)&address, address_size);
}

int64_t feed_watchdog(void) {
    if (watchdog <= 0) return INT64_MAX / 2;
    if (told_ready) notify("WATCHDOG=1");
    return watchdog * 1000 / 2;
}

static char line[1024];
static size_t length;
static bool ready, ending;

void expect_words(int socket) {
    length = 0;
    ready = ending = false;
    /* SIGIO joins the signals that are waited for anyway. */
    if (manager < 0) return;
    fcntl(socket, F_SETOWN, getpid());
    fcntl(socket, F_SETFL, O_ASYNC);
}

bool hear(int socket) {
    char bytes[1024];
    ssize_t got;
    while ((got = recv(socket, bytes, sizeof bytes, MSG_DONTWAIT)) > 0)
        for (ssize_t at = 0; at < got; at++) {
            if (bytes[at] != '\n') {
                if (length < sizeof line - 1) line[length++] = bytes[at];
                continue;
            }
            line[length] = '\0';
            length = 0;
            if (strcmp(line, "ready") == 0) ready = true;
            if (strcmp(line, "ending") == 0) ending = true;
            if (strncmp(line, "notify ", 7) == 0) notify(line + 7);
        }
    return ready;
}

bool is_ending(void) { return ending; }

/* ---- begin ---- */

static _Noreturn void ask_command(char **command, int pipe) {
    size_t count = 0;
    while (environ[count] != NULL) count++;
    char *environment[count + 2];
    environment[0] = "TSVISOR_BEGIN=1";
    memcpy(environment + 1, environ, (count + 1) * sizeof *environ);
    if (pipe == LINK) fcntl(LINK, F_SETFD, 0);
    else dup2(pipe, LINK);
    execve(command[0], command, environment);
    _exit(refuse("run", command[0], errno));
}

/* The words in `bytes`, of which `size` are written; false when there are none or too many. */
static bool split_words(char *bytes, size_t size, char **words, size_t most) {
    size_t count = 0;
    for (size_t at = 0; at < size && count < most - 1; at += strlen(bytes + at) + 1) words[count++] = bytes + at;
    words[count] = NULL;
    return count > 0 && count < most - 1;
}

int run_begin(char **argv) {
    static char bytes[1 << 16];
    static char *words[256];
    int ends[2], status;
    if (argv[0] == NULL || strcmp(argv[0], "--") != 0 || argv[1] == NULL) return refuse("read options of", "begin", EINVAL);
    if (pipe2(ends, O_CLOEXEC) != 0) return refuse("make", "a pipe", errno);
    signal(SIGCHLD, SIG_DFL); /* ignored, it would take the status away */
    pid_t child = fork();
    if (child == 0) ask_command(argv + 1, ends[1]);
    close(ends[1]);
    size_t size = 0;
    ssize_t got;
    while (size < sizeof bytes - 1 && (got = read(ends[0], bytes + size, sizeof bytes - 1 - size)) > 0) size += (size_t)got;
    if (child < 0 || waitpid(child, &status, 0) != child) return refuse("run", argv[1], errno);
    if (!WIFEXITED(status)) return refuse("run", argv[1], EINTR);
    if (WEXITSTATUS(status) != 0) return WEXITSTATUS(status);
    if (!split_words(bytes, size, words, sizeof words / sizeof *words)) return refuse("read the command of", argv[1], EINVAL);
    unsetenv("TSVISOR_COOKIE"), unsetenv("TSVISOR_REPORT_FD"), unsetenv("TSVISOR_STARTER");
    execve(words[0], words, environ);
    return refuse("run", words[0], errno);
}
