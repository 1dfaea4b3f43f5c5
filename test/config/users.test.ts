// Are users and groups those of the machine, or those that were assumed?

import { userInfo } from 'node:os';
import { describe, expect, test } from 'vitest';
import { assumedUsers, machineUsers } from '../../src/config/users.ts';

describe('the users of the machine', () => {
  const users = machineUsers();

  test('are found by name and by number', () => {
    const me = userInfo();
    expect(users.user(me.username)).toMatchObject({ uid: me.uid, gid: me.gid, home: me.homedir });
    expect(users.user(String(me.uid))).toEqual(users.user(me.username));
    expect(users.user(me.username)?.groups).toContain(me.gid);
  });

  test('are null when there is none, also after asking the name service', () => {
    expect(users.user('no-user-of-this-name')).toBeNull();
    expect(users.user('4123456789')).toBeNull();
    expect(users.user('')).toBeNull();
    expect(users.user('--help')).toBeNull();
    expect(users.group('no-group-of-this-name')).toBeNull();
  });

  test('have their groups', () => {
    expect(users.group('root')).toBe(0);
    expect(users.group('0')).toBe(0);
  });
});

test('assumed users all exist, with ids that print as names', () => {
  const users = assumedUsers();
  const app = users.user('app');
  expect(app).toEqual(users.user('app'));
  expect([users.nameOf(app?.uid ?? -1), users.nameOf(app?.gid ?? -1), users.nameOf(0)]).toEqual([
    'name:app',
    'name:primary-group-of-app',
    0,
  ]);
  expect(users.user('root')).toMatchObject({ uid: 0, gid: 0 });
  expect(users.user('33')).toMatchObject({ uid: 33, gid: 33 });
  expect(users.user('')).toBeNull();
});
