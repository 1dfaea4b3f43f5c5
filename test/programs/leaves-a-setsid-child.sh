#!/bin/sh
# A grandchild with a session of its own and no environment, whose parent is gone at once: neither a walk from the
# leader nor a mark in its environment finds it.
setsid sh -c 'env -i /bin/sh -c "trap \"\" HUP TERM; echo member \$\$ >>diary; while :; do sleep 1000000; done" & '
echo "leader $$" >>diary
exec sleep 1000000
