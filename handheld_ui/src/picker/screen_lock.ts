/**
 * Keeps the screen on while there is a list: hands are full, and a dark screen freezes
 * the page. Only secure pages may; elsewhere the device's own setting must do.
 */
export class ScreenLock {
  #wanted = false;
  #held: WakeLockSentinel | null = null;

  keep(wanted: boolean): void {
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    if (wanted) void this.#ask();
    else void this.#held?.release();
  }

  /** The browser lets go whenever the page is hidden. */
  resumed(): void {
    if (this.#wanted && this.#held?.released !== false) void this.#ask();
  }

  async #ask(): Promise<void> {
    if (!("wakeLock" in navigator)) return;
    try {
      this.#held = await navigator.wakeLock.request("screen");
    } catch (error) {
      // Refused when the battery is low: picking goes on without it.
      console.info("The screen may turn off:", error);
    }
  }
}
