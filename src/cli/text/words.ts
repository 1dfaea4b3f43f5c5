// How are numbers said in few letters?

const two = (value: number): string => String(value).padStart(2, '0');

/** `0:00:05`, `3:04:05`, `12d 3:04`. Seconds in. */
export const uptimeWords = (seconds: number): string => {
  const whole = Math.max(0, Math.trunc(seconds));
  const days = Math.trunc(whole / 86_400);
  const hours = Math.trunc((whole % 86_400) / 3600);
  const minutes = two(Math.trunc((whole % 3600) / 60));
  return days > 0 ? `${days}d ${hours}:${minutes}` : `${hours}:${minutes}:${two(whole % 60)}`;
};

const UNITS = ['B', 'K', 'M', 'G', 'T', 'P'] as const;

/** `812B`, `61.2M`, `1.5G`: powers of 1024, three digits. */
export const memoryWords = (bytes: number): string => {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return `${value.toFixed(digits)}${UNITS[unit] ?? ''}`;
};

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** `14:02` for a moment of today, `Nov 23` for any other. Epoch milliseconds in. */
export const momentWords = (at: number, now: number): string => {
  const date = new Date(at);
  if (date.toDateString() === new Date(now).toDateString())
    return `${two(date.getHours())}:${two(date.getMinutes())}`;
  return `${MONTHS[date.getMonth()] ?? ''} ${two(date.getDate())}`;
};

/** The same of what is to come: with the time, however far it is. */
export const dueWords = (at: number, now: number): string => {
  const date = new Date(at);
  const day = momentWords(at, now);
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}`;
  return day === clock ? clock : `${day} ${clock}`;
};

/** What tells names apart is often their end: the middle is left out. */
export const shorten = (text: string, width: number): string => {
  if (text.length <= width) return text;
  const head = Math.floor((width - 1) / 2);
  return `${text.slice(0, head)}…${text.slice(text.length - (width - 1 - head))}`;
};

/** Breaks text at blanks so that no line is longer than `width`, where words allow. */
export const wrap = (text: string, width: number): readonly string[] => {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
};

/** Wrapped behind a margin; as one line where there is no terminal. */
export const indented = (text: string, indent: string, columns: number | null): readonly string[] =>
  columns === null
    ? [indent + text]
    : wrap(text, Math.max(20, columns - indent.length)).map((line) => indent + line);
