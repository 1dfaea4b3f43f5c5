/* Asks for the orphans of all that it becomes: the wish outlives exec. */

#include <sys/prctl.h>
#include <unistd.h>

int main(int count, char **words) {
    if (count < 2 || prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0) return 125;
    execvp(words[1], words + 1);
    return 127;
}
