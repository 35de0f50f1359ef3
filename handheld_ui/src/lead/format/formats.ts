/** Numbers, lengths, times and ages as people read them, per language. */

export interface Formats {
  integer(value: number): string;
  /** One decimal, e.g. a saving. */
  percent(value: number): string;
  /** Millimetres as metres, from 10 km on as kilometres. */
  length(mm: number): string;
  /** Milliseconds as work time: seconds, minutes, or hours and minutes. */
  duration(ms: number): string;
  /** Milliseconds as whole minutes, for figures that are compared with each other. */
  minutes(ms: number): string;
  /** Grams as kilograms. */
  weight(g: number): string;
  /** Millilitres as litres. */
  volume(ml: number): string;
  /** Hour and minute of the day here. */
  time(iso: string): string;
  /** Day and time; the day is left out for today. */
  moment(iso: string, now: Date): string;
  /** Day, hour and minute. */
  dayTime(at: Date): string;
  /** Minutes and seconds of a running clock, e.g. `0:07`. */
  clock(ms: number): string;
  /** How long ago, e.g. `12 s`, `4 min`, `3 h`. */
  age(iso: string, nowMs: number): string;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

export function createFormats(language: string): Formats {
  const whole = new Intl.NumberFormat(language, {
    maximumFractionDigits: 0,
    useGrouping: "always",
  });
  const tenth = new Intl.NumberFormat(language, {
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
    useGrouping: "always",
  });
  const hourMinute = new Intl.DateTimeFormat(language, {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  const dayTime = new Intl.DateTimeFormat(language, {
    day: "2-digit",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });

  const integer = (value: number): string => whole.format(value);

  function duration(ms: number): string {
    if (ms < MINUTE_MS) return `${integer(ms / 1000)} s`;
    const minutes = Math.round(ms / MINUTE_MS);
    if (minutes < 90) return `${integer(minutes)} min`;
    return `${integer(Math.floor(minutes / 60))} h ${String(minutes % 60).padStart(2, "0")} min`;
  }

  return {
    integer,
    percent: (value) => `${tenth.format(value)} %`,
    length: (mm) => {
      const metres = mm / 1000;
      return metres >= 10_000 ? `${tenth.format(metres / 1000)} km` : `${integer(metres)} m`;
    },
    duration,
    minutes: (ms) => `${integer(ms / MINUTE_MS)} min`,
    weight: (g) => `${g < 100_000 ? tenth.format(g / 1000) : integer(g / 1000)} kg`,
    volume: (ml) => `${ml < 100_000 ? tenth.format(ml / 1000) : integer(ml / 1000)} l`,
    time: (iso) => hourMinute.format(new Date(iso)),
    moment: (iso, now) => {
      const at = new Date(iso);
      return (at.toDateString() === now.toDateString() ? hourMinute : dayTime).format(at);
    },
    dayTime: (at) => dayTime.format(at),
    clock: (ms) => {
      const seconds = Math.max(0, Math.floor(ms / 1000));
      return `${integer(Math.floor(seconds / 60))}:${String(seconds % 60).padStart(2, "0")}`;
    },
    age: (iso, nowMs) => {
      const past = Math.max(0, nowMs - Date.parse(iso));
      if (past < MINUTE_MS) return `${integer(Math.floor(past / 1000))} s`;
      if (past < 2 * HOUR_MS) return `${integer(Math.floor(past / MINUTE_MS))} min`;
      if (past < 48 * HOUR_MS) return `${integer(Math.floor(past / HOUR_MS))} h`;
      return `${integer(Math.floor(past / (24 * HOUR_MS)))} d`;
    },
  };
}
