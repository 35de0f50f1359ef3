/** The report of a wave from the live tables, and the same figures recounted from the ledger. */

import { flag, object, record, whole, type Infer } from "../../shared/check";

const table = record(record(whole));

const figures = object({
  wave: whole,
  /** Units per bucket, by order number. */
  orders: table,
  /** Units per bucket over all orders. */
  units: record(whole),
  tasks: object({ picked: whole, short: whole }),
  /** Units taken, by location and sku. */
  taken: table,
  /** Units in the locations of the wave, by location and sku. */
  on_hand: table,
  /** Units in totes and wall slots, by place and sku. */
  containers: table,
});
export type WaveFigures = Infer<typeof figures>;

export const waveReport = object({ report: figures, recount: figures, equal: flag });
export type WaveReport = Infer<typeof waveReport>;
