// `tsvisor top`: processes live on a terminal, with keys that start and stop them, their logs and who dies next.

import { TsvisorError } from '../model/errors.ts';
import type { Run } from './commands.ts';
import { locate } from './locate.ts';
import { draw, type Scene } from './top/draw.ts';
import { Feed } from './top/feed.ts';
import { openScreen, type Screen } from './top/screen.ts';
import type { Pointing } from './top/mouse.ts';
import {
  INITIAL,
  point,
  press,
  sortBy,
  withProcesses,
  type Act,
  type Key,
  type Step,
  type TopState,
} from './top/state.ts';

const EVERY_MS = 1000;

/** Before the terminal is taken: what must be there is there. */
const checkTerminal = (columns: number | null): void => {
  if (columns !== null && process.stdin.isTTY && process.env['TERM'] !== 'dumb') return;
  throw new TsvisorError('BAD_OPTION', {
    option: 'top',
    reason: 'it needs a terminal that can move its cursor; `tsvisor status --watch` needs none',
  });
};

const words = (error: unknown): string => {
  if (error instanceof TsvisorError) return error.message;
  throw error;
};

class Top {
  readonly #feed: Feed;
  readonly #screen: Screen;
  #done: () => void = () => undefined;
  #failed: (error: unknown) => void = () => undefined;
  #scene: Scene = { state: INITIAL, supervisor: null, trouble: '', log: '', rank: null, now: Date.now() };
  #looking = false;
  /** Asked for while a look was under way. */
  #again = false;

  constructor(feed: Feed, color: boolean) {
    this.#feed = feed;
    this.#screen = openScreen(color, {
      key: (key) => this.#press(key),
      pointed: (pointing) => this.#pointed(pointing),
      resized: () => this.#draw(),
    });
  }

  /** Until the operator has seen enough. The terminal is given back whatever happens. */
  async live(): Promise<void> {
    const every = setInterval(() => this.#lookSoon(), EVERY_MS);
    try {
      await new Promise<void>((resolve, reject) => {
        this.#done = resolve;
        this.#failed = reject;
        for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const) process.once(signal, resolve);
        this.#lookSoon();
      });
    } finally {
      clearInterval(every);
      this.#screen.close();
    }
  }

  #lookSoon(): void {
    this.#look().catch(this.#failed);
  }

  async #look(): Promise<void> {
    this.#again = this.#looking;
    if (this.#looking) return;
    this.#looking = true;
    try {
      const { status, rank, log } = await this.#feed.news(this.#scene.state);
      const { supervisor, processes } = status;
      const state = withProcesses(this.#scene.state, processes);
      this.#show({ state, supervisor, rank: rank ?? this.#scene.rank, log, trouble: '' });
    } catch (error) {
      this.#show({ trouble: words(error) });
    } finally {
      this.#looking = false;
    }
    if (this.#again) await this.#look();
  }

  #press(key: Key): void {
    this.#step(press(this.#scene.state, key));
  }

  #pointed(pointing: Pointing): void {
    const { state } = this.#scene;
    if (pointing.kind !== 'click')
      return this.#step(press(state, { name: pointing.kind, text: '', ctrl: false }));
    const line = draw(this.#scene, this.#screen.size)[pointing.row - 1];
    const sort = line?.sorts?.(pointing.column) ?? null;
    if (line?.of !== undefined) this.#step(point(state, line.of));
    else if (sort !== null) this.#step(sortBy(state, sort));
  }

  #step({ state, effect }: Step): void {
    if (state.mouse !== this.#scene.state.mouse) this.#screen.mouse(state.mouse);
    this.#show({ state });
    if (effect.do === 'quit') this.#done();
    else if (effect.do === 'look') this.#lookSoon();
    else if (effect.do === 'act') this.#order(effect.act, effect.name).catch(this.#failed);
  }

  async #order(act: Act, name: string): Promise<void> {
    const said = await this.#feed.order(act, name).catch(words);
    const state: TopState = { ...this.#scene.state, said: said === '' ? `${name}: ${act} asked` : said };
    this.#show({ state });
    await this.#look();
  }

  #show(news: Partial<Scene>): void {
    this.#scene = { ...this.#scene, ...news, now: Date.now() };
    this.#draw();
  }

  #draw(): void {
    this.#screen.show(draw(this.#scene, this.#screen.size));
  }
}

export const run: Run = async ({ options, terminal }) => {
  checkTerminal(terminal.columns);
  const feed = new Feed(await locate(options));
  // A supervisor that is not there is told before the terminal is taken.
  await feed.news(INITIAL);
  await new Top(feed, terminal.color).live();
  return 0;
};
