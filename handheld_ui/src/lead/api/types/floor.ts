/** The live board: lists, exceptions, pickers. */

import { type Infer, flag, list, nullable, object, text, whole } from "../../../shared/check";
import { anything } from "./values";
import { pathPoint, wave } from "./waves";

const boardListFields = {
  id: text,
  number: whole,
  wave_number: whole,
  method: text,
  zone: nullable(text),
  state: text,
  picker: nullable(object({ id: text, name: text })),
  stops_total: whole,
  stops_done: whole,
  tasks_total: whole,
  tasks_done: whole,
  shorts: whole,
  length_mm: whole,
  duration_ms: whole,
  claimed_at: nullable(text),
  last_op_at: nullable(text),
  /** Position of the last finished stop; null before the first. */
  x_mm: nullable(whole),
  y_mm: nullable(whole),
  floor: nullable(whole),
  orders: whole,
};
const boardList = object(boardListFields);
export type BoardList = Infer<typeof boardList>;

export const waveLists = object({ lists: list(boardList) });

const exceptionCard = object({
  id: text,
  kind: text,
  at: text,
  list_number: nullable(whole),
  order_number: nullable(whole),
  location: nullable(text),
  sku: nullable(text),
  quantity: whole,
  detail: anything,
});
export type ExceptionCard = Infer<typeof exceptionCard>;

export const floorTask = object({
  id: text,
  kind: text,
  state: text,
  cause: text,
  /** Where it is counted, or where goods came from. */
  location: nullable(text),
  /** The tote or wall slot that goods are put back from. */
  tote: nullable(text),
  sku: nullable(text),
  name: text,
  quantity: whole,
  order_number: nullable(whole),
  list_number: nullable(whole),
  created_at: text,
});
export type FloorTask = Infer<typeof floorTask>;
export const floorTasks = object({ tasks: list(floorTask) });

const boardPicker = object({
  id: text,
  name: text,
  connected: flag,
  list_number: nullable(whole),
});
export type BoardPicker = Infer<typeof boardPicker>;

export const board = object({
  now: text,
  waves: list(wave),
  lists: list(boardList),
  exceptions: list(exceptionCard),
  workers: object({ alive: whole, lanes: list(text) }),
  pickers: list(boardPicker),
});
export type Board = Infer<typeof board>;

const listTask = object({
  id: text,
  sku: text,
  name: text,
  quantity: whole,
  picked: whole,
  short: whole,
  cancelled: whole,
  state: text,
  slot: whole,
  order_number: nullable(whole),
});
export type ListTask = Infer<typeof listTask>;

const listStop = object({
  id: text,
  location: text,
  x_mm: whole,
  y_mm: whole,
  floor: whole,
  position: whole,
  tasks: list(listTask),
});
export type ListStop = Infer<typeof listStop>;

const listTote = object({
  slot: whole,
  label: text,
  tote: nullable(text),
  order_number: nullable(whole),
  dropped_station: nullable(text),
});

const listOp = object({
  at: text,
  seq: whole,
  kind: text,
  task: nullable(text),
  verdict: text,
  code: text,
});
export type ListOp = Infer<typeof listOp>;

export const listDetail = object({
  ...boardListFields,
  stops: list(listStop),
  path: list(pathPoint),
  totes: list(listTote),
  ops: list(listOp),
});
export type ListDetail = Infer<typeof listDetail>;
