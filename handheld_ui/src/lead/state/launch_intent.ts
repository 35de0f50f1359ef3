/**
 * Idempotency keys of launches: one key per intent of the lead.
 *
 * Clicking twice, or again after no answer came, is the same intent and sends the same key, so the
 * server launches once and answers the same. Only a refusal ends the intent: the next click is a
 * new decision about a changed state.
 */

export class LaunchIntents {
  readonly #keys = new Map<string, string>();
  readonly #make: () => string;

  constructor(make: () => string = randomKey) {
    this.#make = make;
  }

  /** The key of the standing intent to launch this plan; made at the first click. */
  keyFor(waveId: string, planId: string): string {
    const intent = `${waveId} ${planId}`;
    const key = this.#keys.get(intent) ?? this.#make();
    this.#keys.set(intent, key);
    return key;
  }

  /** The server refused: a further click is a new intent. */
  refused(waveId: string, planId: string): void {
    this.#keys.delete(`${waveId} ${planId}`);
  }
}

/** 128 random bits as 32 hex digits. `crypto.randomUUID` is absent on plain-HTTP LAN names. */
export function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
