/**
 * One window picks at a time: two would number facts of one outbox twice.
 *
 * A Web Lock where there are some; over plain HTTP there are none, and windows settle it
 * among themselves by messages.
 */
const NAME = "wavepick-picker";

export interface WindowLock {
  /** Whether this window may pick; `steal` takes over from another one. */
  acquire(steal: boolean): Promise<boolean>;
}

/** `lost` is called when another window takes over. */
export function windowLock(lost: () => void): WindowLock {
  return "locks" in navigator ? byWebLock(lost) : byMessages(lost);
}

export function byWebLock(lost: () => void): WindowLock {
  return {
    acquire(steal) {
      return new Promise((resolve) => {
        const options = steal ? { steal } : { ifAvailable: true };
        navigator.locks
          .request(NAME, options, (lock) => {
            resolve(lock !== null);
            // Held until another window steals it or this one is closed.
            return lock === null ? undefined : new Promise<never>(() => undefined);
          })
          .catch(lost);
      });
    },
  };
}

/** How long an older window has to say that it is there. */
const ANSWER_MS = 150;

export function byMessages(lost: () => void): WindowLock {
  const channel = new BroadcastChannel(NAME);
  let held = false;
  let taken = false;
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (data === "anyone" && held) channel.postMessage("here");
    if (data === "here") taken = true;
    if (data === "mine" && held) {
      held = false;
      lost();
    }
  };
  return {
    async acquire(steal) {
      taken = false;
      channel.postMessage(steal ? "mine" : "anyone");
      if (!steal) await new Promise((resolve) => setTimeout(resolve, ANSWER_MS));
      held = steal || !taken;
      return held;
    },
  };
}
