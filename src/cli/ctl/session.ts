// What does every action of `tsvisor ctl` share: the server it asks, where it prints, and the exit status it leaves?

import { callRpc, RpcError, type RpcTarget } from '../../api/client-rpc.ts';
import type { RpcParam, RpcReply, RpcValue } from '../../api/client-xml.ts';
import type { Terminal } from '../text/terminal.ts';
import { EXITS, FAULTS } from './faults.ts';
import { printed } from './fields.ts';
import type { Keyboard } from './keyboard.ts';
import { FaultError } from './python-errors.ts';

const API_VERSION = '3.0';

const NO_NAMESPACE =
  'Sorry, supervisord responded but did not recognize the supervisor namespace commands that supervisorctl ' +
  'uses to control it.  Please check that the [rpcinterface:supervisor] section is enabled in the ' +
  'configuration file (see sample.conf).';

const otherVersion = (version: string): string =>
  `Sorry, this version of supervisorctl expects to talk to a server with API version ${API_VERSION}, ` +
  `but the remote version is ${version}.`;

export interface SessionOptions {
  readonly target: RpcTarget;
  /** Asks before shutdown and reload, and for a password where one is needed. */
  readonly interactive: boolean;
  readonly terminal: Terminal;
  readonly keyboard: Keyboard;
}

export class Session {
  target: RpcTarget;
  exit = 0;
  readonly interactive: boolean;
  readonly terminal: Terminal;
  readonly keyboard: Keyboard;

  constructor({ target, interactive, terminal, keyboard }: SessionOptions) {
    this.target = target;
    this.interactive = interactive;
    this.terminal = terminal;
    this.keyboard = keyboard;
  }

  out(text: string): void {
    this.terminal.out(text);
  }

  /** Prints, and remembers the exit status. */
  fail(text: string, exit: number = EXITS.GENERIC): void {
    this.out(text);
    this.exit = exit;
  }

  /** A method of the `supervisor` namespace; a fault is an answer. */
  attempt(method: string, ...params: readonly RpcParam[]): Promise<RpcReply> {
    return callRpc(this.target, `supervisor.${method}`, params);
  }

  /** A fault is thrown. */
  async call(method: string, ...params: readonly RpcParam[]): Promise<RpcValue> {
    const reply = await this.attempt(method, ...params);
    if (reply.fault !== undefined) throw new FaultError(reply.fault);
    return reply.value;
  }

  /** Whether the right server answers; when not, it has been said and the exit status is set. */
  async isUp(): Promise<boolean> {
    try {
      return this.#accepts(await this.attempt('getVersion'));
    } catch (error) {
      this.exit = EXITS.GENERIC;
      const errno =
        error instanceof RpcError && error.failure.kind === 'connection' ? error.failure.errno : '';
      if (errno === 'ECONNREFUSED') this.fail(`${this.target.url} refused connection`, EXITS.REFUSED);
      else if (errno === 'ENOENT') this.fail(`${this.target.url} no such file`, EXITS.NOT_RUNNING);
      else throw error;
      return false;
    }
  }

  #accepts(reply: RpcReply): boolean {
    if (reply.fault !== undefined) {
      if (reply.fault.code !== FAULTS.UNKNOWN_METHOD) throw new FaultError(reply.fault);
      this.fail(NO_NAMESPACE, EXITS.UNIMPLEMENTED);
      return false;
    }
    const version = printed(reply.value);
    if (version === API_VERSION) return true;
    this.fail(otherVersion(version), EXITS.OTHER_VERSION);
    return false;
  }
}
