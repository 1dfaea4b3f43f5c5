/* Linked with --wrap=prctl: PR_SET_CHILD_SUBREAPER has been asked for already (becomes-subreaper.c), all else goes to the kernel. */

#include <stdarg.h>
#include <sys/prctl.h>

int __real_prctl(int option, ...);

int __wrap_prctl(int option, ...) {
    va_list words;
    va_start(words, option);
    unsigned long argument[4];
    for (int place = 0; place < 4; place++) argument[place] = va_arg(words, unsigned long);
    va_end(words);
    if (option == PR_SET_CHILD_SUBREAPER) return 0;
    return __real_prctl(option, argument[0], argument[1], argument[2], argument[3]);
}
