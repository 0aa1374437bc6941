/** How far counting goes: not at all; for the user alone; with a report by the day. */
export type Level = "off" | "local" | "counters";
export const LEVELS: readonly Level[];

/** What a site answered. `retryAfter` is the header as it came. */
export interface Answer {
  status: number;
  body: string;
  retryAfter: string;
}

export interface Given {
  /** The build's number. */
  number: string;
  product: string;
  /** Semantic Versioning 2.0.0, of a published release. */
  version: string;
  platform: string;
  /** Where reports go: an https address without a path. */
  site: string;
  /** The vocabulary: each event with its values, or with none; or as `upheld usage vocabulary --json` has it. */
  events: Record<string, readonly string[] | { values: readonly string[] }>;
  /** The product's own word; the user's goes before it. */
  level?: Level;
  /** The policy's word, which holds when nobody said another. */
  default?: Level;
  /** Where the state is: in Node a file, in a browser a key of localStorage. */
  state?: string;
  /** Is given the line of the first run. Otherwise standard error, or the console. */
  notice?: (sentence: string) => void;
  /** Is told in a sentence what was not counted, and why. */
  debug?: (sentence: string) => void;
  /** From an address and a body to the answer; rejects when there is none. */
  transport?: (address: string, body: string) => Promise<Answer>;
  /** Milliseconds since 1970. */
  clock?: () => number;
  /** Whether to save and send by itself; it does unless this is false. */
  background?: boolean;
}

export class Beacon {
  constructor(given: Given);
  /** How far counting goes now. */
  get level(): Level;
  /** Something happened. Never throws, never waits. */
  count(event: string, value?: string, times?: number): void;
  /** Add what was counted to the state; whether that could be done. */
  save(): boolean;
  /** Report what was not reported, now; whether nothing is left. */
  send(how?: { leaving?: boolean }): Promise<boolean>;
  /** Exactly what would be sent next; empty when nothing would be. Throws when the state cannot be read. */
  show(): string;
  /** The user's choice, which stays; "counters" takes a site's stop back. Throws RangeError for no level, and when it cannot be kept. */
  choose(wanted: Level): void;
  /** Delete what was counted, here and at the site; whether that confirmed it, or does not know the number. */
  forget(): Promise<boolean>;
  /** Save and send what is left. A program that calls process.exit() awaits this before. */
  close(): Promise<boolean>;
}

export interface Stamp {
  number: string;
  product: string;
  version: string;
  platform: string;
  site: string;
}

/** The stamp of the file at `path`; null when there is none that can be read. In Node only. */
export function beside(path: string): Stamp | null;
