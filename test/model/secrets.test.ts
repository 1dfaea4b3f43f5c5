// Which variables are kept out of exported files?

import { describe, expect, test } from 'vitest';
import { isSecret, looksSecret } from '../../src/model/secrets.ts';

describe('a variable', () => {
  test.each([
    ['DB_PASSWORD', 'x'],
    ['PGPASS', 'x'],
    ['MYSQL_PWD', 'x'],
    ['SECRET_KEY_BASE', 'x'],
    ['AWS_SECRET_ACCESS_KEY', 'x'],
    ['api_key', 'x'],
    ['GITHUB_TOKEN', 'x'],
    ['SENTRY_DSN', 'x'],
    ['DATABASE_URL', 'postgres://me:word@db/x'],
    ['BROKER', 'amqp://:word@mq'],
  ])('%s=%s is a secret', (name, value) => {
    expect(isSecret(name, value)).toBe(true);
  });

  test.each([
    ['PATH', '/usr/bin'],
    ['PWD', '/srv'],
    ['DB_PASSWORD', ''],
    ['DB_PASSWORD_FILE', '/run/secrets/db'],
    ['URL', 'http://host:80/@x'],
    ['PASSENGER_MODE', 'x'],
    ['KEYBOARD', 'de'],
    ['MODE', 'yes'],
  ])('%s=%s is none', (name, value) => {
    expect(isSecret(name, value)).toBe(false);
  });
});

describe('a command', () => {
  test.each([['--password=x'], ['-token=x'], ['--db-password=x'], ['redis://:word@host/0']])(
    'with %s is told',
    (word) => {
      expect(looksSecret(['/bin/app', word])).toBe(true);
    },
  );

  test.each([['--password-file=/run/x'], ['--port=80'], ['--password='], ['http://host/']])(
    'with %s is not',
    (word) => {
      expect(looksSecret(['/bin/app', word])).toBe(false);
    },
  );
});
