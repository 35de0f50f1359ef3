/** Signals through the loudspeaker and the vibration motor of this device. */
import type { Output, Tone } from "./feedback";

const ATTACK_S = 0.008;

export class DeviceOutput implements Output {
  #context: AudioContext | null = null;
  /** The end of what is already scheduled: signals follow each other, none is cut. */
  #busyUntil = 0;
  #volume = 0.5;

  /** Browsers allow sound after a gesture: call this from the first tap or key. */
  unlock(): void {
    this.#context ??= new AudioContext({ latencyHint: "interactive" });
    if (this.#context.state === "suspended") void this.#context.resume();
  }

  /** Louder by half, up to full. */
  louder(): void {
    this.#volume = Math.min(1, this.#volume * 1.5);
  }

  play(tones: readonly Tone[]): void {
    const context = this.#context;
    // Without a gesture yet there is no sound; word and colour are there all the same.
    if (context?.state !== "running") return;
    let at = Math.max(context.currentTime, Math.min(this.#busyUntil, context.currentTime + 0.5));
    for (const tone of tones) {
      this.#sound(context, tone, at);
      at += (tone.ms + tone.pauseMs) / 1000;
    }
    this.#busyUntil = at;
  }

  vibrate(pattern: readonly number[]): void {
    if ("vibrate" in navigator && navigator.userActivation.hasBeenActive) {
      navigator.vibrate([...pattern]);
    }
  }

  #sound(context: AudioContext, tone: Tone, at: number): void {
    const end = at + tone.ms / 1000;
    const oscillator = new OscillatorNode(context, { type: tone.shape, frequency: tone.hertz });
    const gain = new GainNode(context, { gain: 0 });
    if (tone.toHertz !== undefined) oscillator.frequency.linearRampToValueAtTime(tone.toHertz, end);
    // Soft edges: a tone cut hard clicks.
    const loudness = tone.shape === "square" ? this.#volume * 0.5 : this.#volume;
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(loudness, at + ATTACK_S);
    gain.gain.setValueAtTime(loudness, Math.max(at + ATTACK_S, end - ATTACK_S));
    gain.gain.linearRampToValueAtTime(0, end);
    oscillator.connect(gain).connect(context.destination);
    oscillator.start(at);
    oscillator.stop(end);
  }
}
