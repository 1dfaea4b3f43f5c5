"""Records every event in the file RECORD, one JSON line each. Its argument says how it answers: ok, or fail, die or
babble at the first sight of an event that has the word in WORD in its payload."""
import json
import os
import sys

from supervisor import childutils

how = sys.argv[1]
word = os.environ.get('WORD')
record = open(os.environ['RECORD'], 'a', encoding='utf-8')


def first_time():
    try:
        os.close(os.open(os.environ['RECORD'] + '.seen', os.O_CREAT | os.O_EXCL))
        return True
    except FileExistsError:
        return False


while True:
    headers, payload = childutils.listener.wait()
    record.write(json.dumps({'headers': headers, 'payload': payload}) + '\n')
    record.flush()
    if word is not None and word in payload and first_time():
        if how == 'die':
            os._exit(1)
        if how == 'babble':
            sys.stdout.write('this is no answer\n')
            sys.stdout.flush()
            continue
        if how == 'fail':
            childutils.listener.fail()
            continue
    childutils.listener.ok()
