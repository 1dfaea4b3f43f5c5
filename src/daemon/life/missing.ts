// What is not there that somebody may rely on? Said once, at the start.

import type { Setup } from './setup.ts';
import type { Notices } from './notices.ts';

const NO_GUARDIAN =
  'runs without a guardian (portable mode): a killed supervisor leaves its programs behind; install a C compiler and run `npm run build`';

const DEAF =
  'event listeners hear nothing: without a guardian there are no pipes to them; hooks do hear, see `hooks` in the reference of the config';

export const sayWhatIsMissing = ({ guardian, tier, tierWhy, plan }: Setup, notices: Notices): void => {
  if (guardian !== null && tier?.memory == null) notices.add(tierWhy);
  if (guardian !== null) return;
  notices.add(NO_GUARDIAN);
  if (plan.groups.some(({ kind }) => kind === 'eventlistener')) notices.add(DEAF);
};
