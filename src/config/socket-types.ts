// Which listening sockets does `sockets` ask for? A name and an address for each, with what is to hold for it behind.

import type { ListenSocketPlan, Ownership } from '../model/plan.ts';
import { strip } from './blanks.ts';
import type { Raw } from './draft.ts';
import { pythonInt } from './numbers.ts';
import { absolutePath } from './paths.ts';
import { isRefusal, refuse, shown, wholeList } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import type { World } from './world.ts';

/** As many as the guardian gives a program. */
const MAX_SOCKETS = 32;
/** For its owner alone, as a socket of a FastCGI program. */
const MODE = 0o700;

const EXAMPLE =
  'e.g. http: tcp://127.0.0.1:8080, or admin: unix:///run/app/admin.sock mode=0660 owner=app:www';

/** `name` and what follows it. */
type Item = readonly [string, string];

const itemOf = (text: string): Item | Refusal => {
  const equals = text.indexOf('=');
  return equals === -1
    ? refuse(`${shown(text)} has no name`, 'name=address, with commas between them')
    : [strip(text.slice(0, equals)), strip(text.slice(equals + 1))];
};

const itemsOf = (raw: Raw): readonly (Item | Refusal)[] => {
  if (typeof raw !== 'string' && !Array.isArray(raw)) return Object.entries(raw);
  const texts = typeof raw === 'string' ? raw.split(',') : raw;
  return texts
    .map(strip)
    .filter((text) => text !== '')
    .map(itemOf);
};

const TCP = /^tcp:\/\/(\*|[^\s:[\]]+|\[[0-9a-fA-F:.]+\]):(\d+)$/;

/** The address in one spelling; null when it is none. */
const urlOf = (text: string, world: World): string | null => {
  if (text.startsWith('unix:///')) return `unix://${absolutePath(text.slice('unix://'.length), world)}`;
  const [, host = '', port] = TCP.exec(text) ?? [];
  const number = Number(port ?? 0);
  if (number < 1 || number > 65_535) return null;
  return `tcp://${host === '*' ? '0.0.0.0' : host.toLowerCase()}:${number}`;
};

/** `user` or `user:group`, by name or number. */
export const owner = (text: string, world: World): Ownership | Refusal => {
  const colon = text.indexOf(':');
  const account = world.users.user(colon === -1 ? text : text.slice(0, colon));
  if (account === null) return refuse(`no such user in ${shown(text)}`, 'user or user:group');
  if (colon === -1) return { uid: account.uid, gid: -1 };
  const gid = world.users.group(text.slice(colon + 1));
  return gid === null
    ? refuse(`no such group in ${shown(text)}`, 'user or user:group')
    : { uid: account.uid, gid };
};

const SETTINGS = ['mode', 'owner', 'backlog'] as const;

type Settings = Pick<ListenSocketPlan, 'mode' | 'owner' | 'backlog'>;

const settingOf = (word: string, world: World): Partial<Settings> | Refusal => {
  const equals = word.indexOf('=');
  const [name, text] = [word.slice(0, Math.max(0, equals)).toLowerCase(), word.slice(equals + 1)];
  if (name === 'owner') {
    const read = owner(text, world);
    return isRefusal(read) ? read : { owner: read };
  }
  if (name === 'mode') {
    const mode = pythonInt(text, 8);
    return mode === null || mode < 0 || mode > 0o777
      ? refuse(`${shown(text)} is no mode`, 'an octal number such as 0660')
      : { mode };
  }
  const backlog = pythonInt(text);
  if (name !== 'backlog') return refuse(`${shown(word)} is not known`, `one of ${SETTINGS.join(', ')}`);
  return backlog === null || backlog < 1 || backlog > 65_535
    ? refuse(`${shown(text)} is no backlog`, 'from 1 to 65535')
    : { backlog };
};

/** systemd's rule for the names of descriptors, less what would be of trouble in a path. */
const NAME = /^[\w.@+-]{1,64}$/;

const socketOf = ([name, text]: Item, world: World): ListenSocketPlan | Refusal => {
  if (!NAME.test(name))
    return refuse(`${shown(name)} cannot be the name of a socket`, 'letters, digits and . _ - @ +');
  const [address = '', ...words] = text.split(/\s+/);
  const url = urlOf(address, world);
  if (url === null) return refuse(`${shown(address)} is no address to listen at`, EXAMPLE);
  const unix = url.startsWith('unix:');
  const said = wholeList(words.map((word) => settingOf(word, world)));
  if (isRefusal(said)) return said;
  const settings: Settings = Object.assign({ mode: unix ? MODE : null, owner: null, backlog: null }, ...said);
  if (!unix && (settings.mode !== null || settings.owner !== null))
    return refuse(`${name} has a mode or an owner`, 'they are for unix sockets only');
  return { name, url, ...settings };
};

const firstTwice = (texts: readonly string[]): string | undefined =>
  texts.find((text, index) => texts.indexOf(text) < index);

/** In the order written, which is that of the descriptors. */
export const sockets = (raw: Raw, world: World): readonly ListenSocketPlan[] | Refusal => {
  if (typeof raw === 'string' && /^\s*(none)?\s*$/i.test(raw)) return [];
  const read = wholeList(itemsOf(raw).map((item) => (isRefusal(item) ? item : socketOf(item, world))));
  if (isRefusal(read)) return read;
  const twice = firstTwice(read.map(({ name }) => name)) ?? firstTwice(read.map(({ url }) => url));
  if (twice !== undefined) return refuse(`${shown(twice)} is there twice`, 'give each its own');
  return read.length > MAX_SOCKETS
    ? refuse(`${read.length} sockets are too many`, `at most ${MAX_SOCKETS}`)
    : read;
};
