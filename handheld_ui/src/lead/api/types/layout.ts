/** The walking graph, as far as the floor plan draws it. */

import {
  type Infer,
  flag,
  list,
  nullable,
  object,
  text,
  tuple,
  whole,
  withDefault,
} from "../../../shared/check";

const layoutLocation = object({
  id: text,
  node: withDefault(nullable(text), null),
  edge: withDefault(nullable(tuple<readonly [string, string]>(text, text)), null),
  offset_mm: withDefault(whole, 0),
  side: withDefault(nullable(text), null),
  zone: withDefault(nullable(text), null),
});
export type LayoutLocation = Infer<typeof layoutLocation>;

export const layoutDocument = object({
  name: text,
  nodes: list(object({ id: text, x_mm: whole, y_mm: whole, floor: withDefault(whole, 0) })),
  edges: list(object({ from: text, to: text, one_way: withDefault(flag, false) })),
  locations: list(layoutLocation),
  stations: list(object({ id: text, node: text, kind: text })),
  zones: withDefault(list(object({ id: text, name: text })), []),
});
export type LayoutDocument = Infer<typeof layoutDocument>;

export const activeLayout = object({
  id: text,
  name: text,
  version: whole,
  document: layoutDocument,
});
export type ActiveLayout = Infer<typeof activeLayout>;
