"""Restarts, by XML-RPC, each process that has more than KILOBYTES resident, as superlance's memmon does."""
import os

from supervisor import childutils


def resident(pid):
    with open('/proc/{}/statm'.format(pid), encoding='ascii') as statm:
        return int(statm.read().split()[1]) * os.sysconf('SC_PAGE_SIZE') // 1024


rpc = childutils.getRPCInterface(os.environ)
while True:
    headers, payload = childutils.listener.wait()
    for info in rpc.supervisor.getAllProcessInfo():
        if info['pid'] and resident(info['pid']) > int(os.environ['KILOBYTES']):
            name = '{group}:{name}'.format(**info)
            rpc.supervisor.stopProcess(name)
            rpc.supervisor.startProcess(name)
    childutils.listener.ok()
