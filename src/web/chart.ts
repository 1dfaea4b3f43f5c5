// How do the last minutes of one number look as a line?

import { markup, type Html } from './markup.ts';

const WIDTH = 300;
const HEIGHT = 60;

export interface ChartView {
  readonly label: string;
  /** Of the largest value. */
  readonly most: string;
}

/** From zero to the largest value; said in words for those who do not see it. */
export const chart = (values: readonly number[], { label, most }: ChartView): Html => {
  const top = Math.max(...values, Number.MIN_VALUE);
  const step = WIDTH / Math.max(1, values.length - 1);
  const points = values
    .map((value, index) => `${(index * step).toFixed(0)},${(HEIGHT - (value / top) * HEIGHT).toFixed(1)}`)
    .join(' ');
  return markup`<figure><svg viewBox="0 -2 ${WIDTH} ${HEIGHT + 4}" role="img" aria-label="${label} of the last minutes, at most ${most}"><polyline points="${points}"></polyline></svg><figcaption>${label}, at most ${most}</figcaption></figure>`;
};
