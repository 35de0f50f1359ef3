/** The report of a wave and the independent recount from the ledger. */

import { flag, object, type Infer } from "../../shared/check";
import { anything } from "./types";

export const waveReport = object({ report: anything, recount: anything, equal: flag });
export type WaveReport = Infer<typeof waveReport>;
