"""churn.py FILE: reads pages of a file in any order for ever, through a mapping. Where memory, or the limit
of its cgroup, cannot hold what it and its kind work on, pages are thrown out before they are needed again."""
import mmap
import os
import random
import sys

file = os.open(sys.argv[1], os.O_RDONLY)
size = os.fstat(file).st_size
pages = mmap.mmap(file, size, prot=mmap.PROT_READ)
pages.madvise(mmap.MADV_RANDOM)
while True:
    pages[random.randrange(size)]
