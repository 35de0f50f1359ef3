/** Charge of the device where the browser tells it. */
import { useEffect, useState } from "preact/hooks";

interface BatteryManager extends EventTarget {
  readonly level: number;
}

/** Whole percent, or null where the browser does not say. */
export function useBattery(): number | null {
  const [percent, setPercent] = useState<number | null>(null);
  useEffect(() => {
    const ask = (navigator as { getBattery?: () => Promise<BatteryManager> }).getBattery;
    if (ask === undefined) return;
    void ask.call(navigator).then((battery) => {
      const read = (): void => {
        setPercent(Math.round(battery.level * 100));
      };
      read();
      battery.addEventListener("levelchange", read);
    });
  }, []);
  return percent;
}
