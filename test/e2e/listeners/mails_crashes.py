"""Writes a mail into the file MAIL for each process that ends unexpectedly, as superlance's crashmail does."""
import os

from supervisor import childutils

while True:
    headers, payload = childutils.listener.wait()
    if headers['eventname'] == 'PROCESS_STATE_EXITED':
        pheaders, _ = childutils.eventdata(payload + '\n')
        if not int(pheaders['expected']):
            with open(os.environ['MAIL'], 'a', encoding='utf-8') as mail:
                mail.write('Process {processname} in group {groupname} exited unexpectedly from state {from_state}\n'.format(**pheaders))
    childutils.listener.ok()
