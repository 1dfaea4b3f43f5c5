/* Every process of it forks as fast as it can and never ends; each is the leader of a session of its own.
 * Only to be run where the number of processes is limited. */

#include <signal.h>
#include <unistd.h>

int main(void) {
    signal(SIGCHLD, SIG_IGN);
    for (;;)
        if (fork() == 0) setsid();
}
