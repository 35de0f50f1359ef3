/**
 * Shapes of `/api/v1` as the console reads them, checked when an answer arrives.
 *
 * Times are ISO UTC strings; lengths are millimetres, durations milliseconds, weights grams,
 * volumes millilitres. Ids are opaque; people see `number`. States stay open words: a newer
 * server may know more of them, and they are shown as they are.
 */

export * from "./types/devices";
export * from "./types/floor";
export * from "./types/layout";
export * from "./types/orders";
export * from "./types/people";
export * from "./types/values";
export * from "./types/waves";
