"""churn.py FILE: reads pages of a file in any order for ever, through a mapping. Together with others of its kind it works on more
than the machine's memory holds, so that every page is thrown out before it is needed again. Nobody may kill it for that."""
import mmap
import os
import random
import sys

with open("/proc/self/oom_score_adj", "w") as score:
    score.write("-1000")
file = os.open(sys.argv[1], os.O_RDONLY)
size = os.fstat(file).st_size
pages = mmap.mmap(file, size, prot=mmap.PROT_READ)
pages.madvise(mmap.MADV_RANDOM)
while True:
    pages[random.randrange(size)]
