// Where does the config want the supervisor to listen? supervisord's unix and inet servers.

import type { InetServerPlan, UnixServerPlan } from '../model/plan.ts';
import { strip } from './blanks.ts';
import { sectionsNamed } from './draft.ts';
import type { Section } from './draft.ts';
import { INET_SERVER_KEYS, UNIX_SERVER_KEYS } from './keys.ts';
import { namesIn } from './names.ts';
import { absolutePath } from './paths.ts';
import { refuse } from './refusal.ts';
import { readerOf } from './section.ts';
import type { SectionReader, Work } from './section.ts';

type Credentials = Pick<UnixServerPlan, 'username' | 'password' | 'readOnly' | 'section' | 'name'>;

const credentialsOf = (
  work: Work,
  reader: SectionReader<Pick<typeof UNIX_SERVER_KEYS, 'username' | 'password' | 'read_only'>>,
): Credentials => {
  const { section } = reader;
  const username = reader.read('username', [work.env]);
  const password = reader.read('password', [work.env]);
  if ((username === null) !== (password === null)) {
    const missing = username === null ? 'username' : 'password';
    reader.refuse(
      missing,
      refuse(`it has no ${missing}`, 'username and password come together or not at all'),
    );
  }
  const colon = section.name.indexOf(':');
  return {
    section: section.name,
    name: colon === -1 ? null : section.name.slice(colon + 1),
    username,
    password,
    readOnly: reader.read('read_only', [work.env]),
  };
};

const inetServer = (work: Work, section: Section): InetServerPlan => {
  const reader = readerOf(work, section, INET_SERVER_KEYS);
  const credentials = credentialsOf(work, reader);
  const address = reader.read('port', [work.env]);
  if (!reader.has('port')) reader.refuse('port', refuse('it has no port', 'port=127.0.0.1:9001'));
  const insecure = reader.read('insecure', [work.env]);
  const allowedHosts = reader.read('allowed_hosts', [work.env]);
  return { ...credentials, host: address?.host ?? '', port: address?.port ?? 0, insecure, allowedHosts };
};

const unixServer = (work: Work, section: Section): UnixServerPlan => {
  const reader = readerOf(work, section, UNIX_SERVER_KEYS);
  const file = reader.read('file', [namesIn({ here: work.here }), work.env]);
  if (!reader.has('file')) reader.refuse('file', refuse('it has no file', 'file=/run/supervisor.sock'));
  return {
    ...credentialsOf(work, reader),
    path: absolutePath(strip(file ?? ''), work.reading),
    mode: reader.read('chmod', [work.env]),
    owner: reader.read('chown', [work.env]),
  };
};

/** Every section whose name starts with the words is a server, as in supervisord. */
export const serversOf = (
  work: Work,
): { readonly inetServers: InetServerPlan[]; readonly unixServers: UnixServerPlan[] } => ({
  inetServers: sectionsNamed(work.draft, 'inet_http_server').map((section) => inetServer(work, section)),
  unixServers: sectionsNamed(work.draft, 'unix_http_server').map((section) => unixServer(work, section)),
});
