/** Every call the console makes, typed. */

import type { ApiClient } from "./client";
import { waveReport } from "./report";
import * as shape from "./types";
import type { OrderFilter } from "./types";

export interface OrderQuery {
  state?: string;
  channel?: string;
  q?: string;
  wave?: number;
  limit?: number;
  after?: number | null;
}

export interface NewWave {
  name: string;
  cart_type: string;
  filter?: OrderFilter;
  order_ids?: readonly string[];
}

const id = encodeURIComponent;

export function createConsoleApi({ get, post, delete: remove }: ApiClient) {
  return {
    signIn: (badge: string, pin: string) =>
      post(shape.sessionOpened, "/session", { badge, pin, client: "console" }),
    session: () => get(shape.session, "/session"),
    signOut: () => remove("/session"),

    devices: () => get(shape.devices, "/devices"),
    inviteDevice: (name: string) => post(shape.invitation, "/devices", { name }),
    inviteDeviceAgain: (deviceId: string) =>
      post(shape.invitation, `/devices/${id(deviceId)}/code`),
    revokeDevice: (deviceId: string) => post(shape.device, `/devices/${id(deviceId)}/revoke`),

    orders: (query: OrderQuery) => get(shape.orderPage, "/orders", { ...query }),
    order: (orderId: string) => get(shape.orderDetail, `/orders/${id(orderId)}`),
    hold: (orderId: string, reason: string, detail: string) =>
      post(shape.anything, `/orders/${id(orderId)}/hold`, { reason, detail }),
    releaseHold: (orderId: string) => post(shape.anything, `/orders/${id(orderId)}/release-hold`),
    cancelOrder: (orderId: string, reason: string) =>
      post(shape.anything, `/orders/${id(orderId)}/cancel`, { reason }),

    cartTypes: () => get(shape.cartTypes, "/cart-types"),
    preview: (filter: OrderFilter) => post(shape.preview, "/waves/preview", { filter }),
    waves: () => get(shape.waves, "/waves"),
    wave: (waveId: string) => get(shape.wave, `/waves/${id(waveId)}`),
    createWave: (wave: NewWave) => post(shape.wave, "/waves", wave),
    waveLists: (waveId: string) => get(shape.waveLists, `/waves/${id(waveId)}/lists`),
    cancelWave: (waveId: string) => post(shape.wave, `/waves/${id(waveId)}/cancel`),
    report: (waveId: string) => get(waveReport, `/waves/${id(waveId)}/report`),

    plan: (waveId: string, seconds: number, seed: number) =>
      post(shape.run, `/waves/${id(waveId)}/plan`, { seconds, seed }),
    run: (runId: string) => get(shape.run, `/runs/${id(runId)}`),
    stopRun: (runId: string) => post(shape.run, `/runs/${id(runId)}/cancel`),
    planSheet: (waveId: string) => get(shape.planSheet, `/waves/${id(waveId)}/plan-sheet`),
    planDocument: (planId: string) => get(shape.planDocument, `/plans/${id(planId)}`),
    launch: (waveId: string, planId: string, key: string) =>
      post(shape.launchResult, `/waves/${id(waveId)}/launch`, { plan_id: planId, key }),

    board: () => get(shape.board, "/board"),
    list: (listId: string) => get(shape.listDetail, `/lists/${id(listId)}`),
    recall: (listId: string, key: string) =>
      post(shape.anything, `/lists/${id(listId)}/recall`, { key }),
    closeException: (cardId: string) => post(shape.anything, `/exceptions/${id(cardId)}/close`),
    floorTasks: () => get(shape.floorTasks, "/floor-tasks", { state: "open" }),
    putBack: (taskId: string, location: string, quantity: number) =>
      post(shape.floorTask, `/floor-tasks/${id(taskId)}/put-back`, { location, quantity }),
    countLocation: (taskId: string, quantity: number) =>
      post(shape.floorTask, `/floor-tasks/${id(taskId)}/count`, { quantity }),
    layout: () => get(shape.activeLayout, "/layouts/active"),
  };
}

export type ConsoleApi = ReturnType<typeof createConsoleApi>;
