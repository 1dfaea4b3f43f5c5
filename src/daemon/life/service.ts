// What does the service manager that started us (systemd) hear? sd_notify's words, through the guardian; nothing where none listens.

import type { Daemon } from '../boot.ts';
import type { Link } from '../../guardian/link.ts';

export interface Service {
  /** We answer, and the programs are being started. */
  ready(): void;
  /** The config is being read anew until `act` is over. */
  reloading<T>(act: () => Promise<T>): Promise<T>;
}

const SILENT: Service = { ready: () => undefined, reloading: (act) => act() };

export const openService = async (daemon: Daemon, link: Link | null): Promise<Service> =>
  link === null || link.hello.service === null
    ? SILENT
    : (await import('./service-report.ts')).reportTo(link, daemon, link.hello.service);
