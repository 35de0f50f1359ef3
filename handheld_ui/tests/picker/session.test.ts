import { assert, expect, test } from "vitest";

import type { Op } from "../../src/shared/protocol";
import { unsent } from "../../src/picker/state";
import { FIRST_TASK, Handheld, loaded, reply, REST, snapshot, task, withList } from "./fixture";

test("a badge and a PIN ask the server, and the PIN is never shown", () => {
  const handheld = new Handheld().scan("B-2001");
  expect(handheld.stage).toEqual({ at: "signin", badge: "B-2001" });
  handheld.scan("13579x");
  expect(handheld.bar).toBe("wrong | Type your PIN.");
  handheld.scan("135790");
  expect(handheld.effects.at(-1)).toEqual({ type: "sign-in", badge: "B-2001", pin: "135790" });
});

test("something else at sign-in is answered by its name", () => {
  expect(new Handheld().scan("4006381333931").bar).toBe(
    "unknown | “4006381333931” is no badge. | Scan your badge.",
  );
});

test("own facts stay on top of a list that the server calls the same", () => {
  const handheld = loaded().scan(...FIRST_TASK);
  const seqs = handheld.ops.map(({ seq }) => seq);
  handheld.send({ type: "verdicts", verdicts: seqs.map((seq) => [seq, "applied", "ok"]) });
  const { stage } = handheld;
  expect(stage).toMatchObject({ at: "goto", stop: { location: "A-14-01" } });
  handheld.send({ type: "synced", reply: reply("same", { last: seqs.length }), wanted: false });
  expect(handheld.stage).toEqual(stage);
});

test("a refused sign-in starts again with the badge", () => {
  const handheld = new Handheld().scan("B-2001", "999999");
  handheld.send({ type: "sign-in-failed", why: "wrong" });
  expect(handheld.stage).toEqual({ at: "signin", badge: null });
  expect(handheld.bar).toBe("wrong | Badge or PIN is not right.");
});

test("the person's language is used unless one was chosen", () => {
  const who = {
    token: "t",
    sign_in: "s",
    person: { id: "p", badge: "B-2002", name: "Ben", role: "picker", language: "es" },
  };
  expect(new Handheld().send({ type: "signed-in", who }).state.language).toBe("es");
  const chosen = new Handheld().send({ type: "language", language: "en" });
  expect(chosen.send({ type: "signed-in", who }).state.language).toBe("en");
});

test("start asks for work online and says why not offline", () => {
  const handheld = withList().send({ type: "synced", reply: reply(null), wanted: false });
  handheld.send({ type: "link", online: false }).tap("start");
  expect(handheld.bar).toBe("offline | A new list needs the network.");
  expect(handheld.state.asking).toBe(false);
  handheld.send({ type: "link", online: true }).scan("CMD-START");
  expect(handheld.effects.at(-1)).toEqual({ type: "ask-work" });
  handheld.send({ type: "synced", reply: reply(null), wanted: true });
  expect(handheld.bar).toBe("news | Nothing to pick | We will call you.");
});

test("the whole list: every screen in turn, every fact once", () => {
  const handheld = withList();
  expect(handheld.stage.at).toBe("load");
  handheld.scan("T-0001");
  expect(handheld.bar).toBe("ok | Tote T-0001 stands in slot A.");
  handheld.scan("T-0002");
  expect(handheld.bar).toBe("step | Tote T-0002 stands in slot B.");
  expect(handheld.stage.at).toBe("goto");
  handheld.scan("A-12-03");
  expect(handheld.bar).toBe("step | You are at A-12-03.");
  handheld.scan("CUP-R", "4006381333931");
  expect(handheld.bar).toBe("ok | 2 of 3 Red cup");
  handheld.scan("CUP-R");
  expect(handheld.stage.at).toBe("put");
  expect(handheld.bar).toBe("step | 3 of 3 Red cup");
  handheld.scan("T-0001");
  expect(handheld.bar).toBe("line | 3 × Red cup in slot A.");
  handheld.scan(...REST);
  expect(handheld.stage.at).toBe("drop");
  handheld.scan("pack-1");
  expect(handheld.stage.at).toBe("done");
  expect(handheld.state.summary).toEqual({
    number: 231,
    stops: 3,
    units: 10, // 3 + 2 + 1 + 4
    shorts: 0,
    length_mm: 412_000,
  });
  expect(handheld.kinds).toBe("bind bind pick pick pick pick drop drop done");
  expect(handheld.ops.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(handheld.ops[2]).toEqual({
    seq: 3,
    kind: "pick",
    list: "list-1",
    lease: 1,
    by: "sign-in-ana",
    dt: 7500, // five scans, 1.5 s apart
    task: "t1",
    location: "A-12-03",
    sku: "CUP-R",
    qty: 3,
    code: "CUP-R",
    tote: "T-0001",
  });
  expect(handheld.tap("close").stage.at).toBe("home");
});

test("check digits are as good as the label", () => {
  expect(loaded().scan("417").stage.at).toBe("take");
  expect(loaded().scan("902").bar).toBe(
    "wrong | 902 is not the number of this place. | You need A-12-03.",
  );
});

const WRONG: [string, readonly string[], string][] = [
  ["a shelf at load", [], "wrong | You are at A-12-03. | Scan an empty tote for slot A."],
  ["another shelf", ["T-0001", "T-0002"], "wrong | You are at A-12-04. | You need A-12-03."],
  [
    "a tote before the shelf",
    ["T-0001", "T-0002"],
    "wrong | This is tote T-0001. | First scan the shelf A-12-03.",
  ],
  [
    "another item",
    ["T-0001", "T-0002", "A-12-03"],
    "wrong | This is Blue cup. | You need Red cup.",
  ],
  [
    "a tote before the item",
    ["T-0001", "T-0002", "A-12-03"],
    "wrong | This is tote T-0001. | First take Red cup.",
  ],
  [
    "the wrong tote",
    ["T-0001", "T-0002", ...FIRST_TASK.slice(0, 4)],
    "wrong | This is slot B. | You need slot A, tote T-0001.",
  ],
  [
    "a strange tote",
    ["T-0001", "T-0002", ...FIRST_TASK.slice(0, 4)],
    "wrong | This is tote T-0099. | You need slot A, tote T-0001.",
  ],
  [
    "the wrong station",
    ["T-0001", "T-0002", ...FIRST_TASK, ...REST],
    "wrong | Station pack-2 is not for this list. | Bring the cart to pack-1.",
  ],
  [
    "an unknown code",
    ["T-0001", "T-0002", "A-12-03"],
    "unknown | Nobody here knows “XYZZY”. | You need Red cup.",
  ],
];
const BAD_SCAN = [
  "A-12-03",
  "A-12-04",
  "T-0001",
  "CUP-B",
  "T-0001",
  "T-0002",
  "T-0099",
  "pack-2",
  "XYZZY",
];

test.each(WRONG.map((row, index) => [...row, BAD_SCAN[index] ?? ""] as const))(
  "%s is wrong, says so and changes nothing",
  (_name, before, says, bad) => {
    const handheld = withList().scan(...before);
    const { ops, cursor, dialog } = handheld.state;
    handheld.scan(bad);
    expect(handheld.bar).toBe(says);
    expect(handheld.state).toMatchObject({ ops, cursor, dialog });
  },
);

test("the same label twice is already done, and nothing is recorded twice", () => {
  const handheld = loaded().scan("A-12-03", "A-12-03");
  expect(handheld.bar).toBe("again | You are at A-12-03 already. | You need Red cup.");
  handheld.scan("CUP-R", "CUP-R", "CUP-R", "T-0001", "T-0001");
  expect(handheld.kinds).toBe("bind bind pick");
});

test("a tote cannot stand in two slots", () => {
  expect(withList().scan("T-0001", "T-0001").bar).toBe(
    "wrong | Tote T-0001 stands in slot A already. | Scan an empty tote for slot B.",
  );
});

test("a fourth unit must go back before anything else", () => {
  const handheld = loaded().scan("A-12-03", "CUP-R", "CUP-R", "CUP-R", "CUP-R");
  expect(handheld.bar).toBe("extra | Only 3 wanted.");
  expect(handheld.state.cursor.over).toBe(1);
  handheld.scan("T-0001");
  expect(handheld.bar).toBe("wrong | This is tote T-0001. | Put 1 back and scan A-12-03.");
  expect(handheld.kinds).toBe("bind bind");
  handheld.scan("CUP-R").scan("A-12-03");
  expect(handheld.bar).toBe("ok | Put back. 3 in hand.");
  handheld.scan("T-0001");
  expect(handheld.ops.at(-1)).toMatchObject({ kind: "pick", qty: 3 });
});

test("a pack counts its units and is refused whole when too big", () => {
  const list = snapshot({ tasks: [task("t1", "s1", { qty: 8 })] });
  const handheld = withList(list).scan("T-0001", "A-12-03", "CUP-R-6");
  expect(handheld.bar).toBe("ok | 6 of 8 Red cup");
  handheld.scan("CUP-R-6");
  expect(handheld.bar).toBe("extra | This pack holds 6, 2 wanted. | You need Red cup.");
  expect(handheld.state.cursor.taken).toBe(6);
});

test("a short with some there: they are put first, then the rest is closed", () => {
  const handheld = loaded().scan("A-12-03", "CUP-R").scan("CMD-SHORT").scan("2");
  expect(handheld.state.dialog).toEqual({ kind: "short-reason", count: 2 });
  handheld.reason("fewer");
  expect(handheld.stage).toMatchObject({ at: "take", want: 2, taken: 1 });
  handheld.scan("CUP-R", "T-0001");
  expect(handheld.ops.slice(-2)).toMatchObject([
    { kind: "pick", task: "t1", qty: 2 },
    { kind: "short", task: "t1", qty: 1, reason: "fewer", counted: 0 },
  ]);
  expect(handheld.stage).toMatchObject({ at: "goto", stop: { location: "A-14-01" } });
});

test("a short with none there closes the task at once", () => {
  const handheld = loaded().scan("A-12-03").tap("short").send({ type: "count", count: 0 });
  handheld.reason("none");
  expect(handheld.ops.at(-1)).toMatchObject({ kind: "short", qty: 3, counted: 0 });
  expect(handheld.bar).toBe("step | 3 short of Red cup.");
});

test("a short cannot claim fewer than are in hand", () => {
  const handheld = loaded().scan("A-12-03", "CUP-R", "CUP-R").tap("short");
  handheld.send({ type: "count", count: 1 });
  expect(handheld.state.dialog).toEqual({ kind: "short-count" });
});

test("a list of which nothing could be picked is finished without a drop", () => {
  const list = snapshot({ tasks: [task("t1", "s1")] });
  const handheld = withList(list).scan("T-0001", "A-12-03").tap("short");
  handheld.send({ type: "count", count: 0 }).reason("none");
  expect(handheld.stage).toMatchObject({ at: "drop", slots: [] });
  expect(handheld.scan("CMD-DONE").kinds).toBe("bind short done");
  expect(handheld.state.summary?.shorts).toBe(3);
});

test("skip brings the stop back after the others; the last one cannot be skipped", () => {
  const handheld = loaded().tap("skip");
  expect(handheld.bar).toBe("ok | A-12-03 comes later.");
  expect(handheld.stage).toMatchObject({ at: "goto", stop: { location: "A-14-01" } });
  handheld.scan(...REST);
  expect(handheld.stage).toMatchObject({ at: "goto", stop: { location: "A-12-03" } });
  handheld.scan("CMD-SKIP");
  expect(handheld.bar).toBe("again | Nothing else is left to do first. | You need A-12-03.");
});

test("with goods in hand nothing is skipped", () => {
  const handheld = loaded().scan("A-12-03", "CUP-R", "CMD-SKIP");
  expect(handheld.bar).toBe("wrong | First put away what you hold. | You need Red cup.");
});

test("a later stop of the list asks, and can be done first", () => {
  const handheld = loaded().scan("B-02-02");
  expect(handheld.state.dialog).toEqual({ kind: "jump", stop: "s3" });
  expect(handheld.scan("T-0001").bar).toBe("wrong | This is tote T-0001. | First answer the question.");
  handheld.scan("CMD-YES");
  expect(handheld.stage).toMatchObject({ at: "take", stop: { location: "B-02-02" } });
  handheld.scan("CUP-R", "T-0002", "PLATE", "PLATE", "PLATE", "PLATE", "T-0001");
  expect(handheld.stage).toMatchObject({ at: "goto", stop: { location: "A-12-03" } });
});

test("undo takes one from the hand first, then the last pick out of its tote", () => {
  const handheld = loaded().scan("A-12-03", "CUP-R", "CUP-R", "CMD-UNDO");
  expect(handheld.bar).toBe("ok | One less: 1 of 3.");
  handheld.scan("CUP-R", "CUP-R", "T-0001", "CMD-UNDO");
  expect(handheld.state.dialog).toEqual({ kind: "undo", seq: 3 });
  handheld.scan("CMD-YES");
  expect(handheld.ops.at(-1)).toMatchObject({ kind: "undo", op: 3 });
  expect(handheld.stage).toMatchObject({ at: "goto", stop: { location: "A-12-03" } });
  handheld.scan("CMD-UNDO");
  expect(handheld.bar).toBe("again | There is nothing to undo.");
});

test("a code of several items asks which one, and never guesses", () => {
  const shared = { code: "SHARED", units: 1 };
  const site = new Map(loaded().state.site.items);
  site.set("SHARED", [
    { sku: "CUP-R", name: "Red cup", units: 1 },
    { sku: "CUP-B", name: "Blue cup", units: 1 },
  ]);
  const list = snapshot({ tasks: [task("t1", "s1", { codes: [shared] })] });
  const handheld = withList(list).scan("T-0001", "A-12-03");
  handheld.send({ type: "site", site: { ...handheld.state.site, items: site } }).scan("SHARED");
  const { dialog } = handheld.state;
  expect(dialog).toMatchObject({ kind: "choose" });
  expect(handheld.state.cursor.taken).toBe(0);
  const match = { sku: "CUP-B", name: "Blue cup", units: 1 };
  handheld.send({ type: "choose", match, at: 0 });
  expect(handheld.bar).toBe("wrong | This is Blue cup. | You need Red cup.");
});

test("one scan for all, where the policy says so", () => {
  const verify = { location: true, item: "once", tote: true } as const;
  const list = snapshot({ tasks: [task("t1", "s1", { qty: 12, verify })] });
  const handheld = withList(list).scan("T-0001", "A-12-03", "CUP-R");
  expect(handheld.stage).toMatchObject({ at: "put", units: 12 });
  handheld.tap("short").send({ type: "count", count: 9 }).reason("fewer");
  expect(handheld.stage).toMatchObject({ at: "put", units: 9 });
  handheld.scan("T-0001");
  expect(handheld.ops.slice(-2)).toMatchObject([
    { kind: "pick", qty: 9 },
    { kind: "short", qty: 3 },
  ]);
});

test("without tote verification the last unit is the whole pick", () => {
  const verify = { location: false, item: "each", tote: false } as const;
  const list = snapshot({ tasks: [task("t1", "s1", { qty: 2, verify })] });
  const handheld = withList(list).scan("T-0001", "CUP-R", "CUP-R");
  expect(handheld.kinds).toBe("bind pick");
  expect(handheld.stage.at).toBe("drop");
});

test("an order cancelled at the server: its tasks leave, the hand is emptied, news stays", () => {
  const handheld = loaded().scan("A-12-03", "CUP-R");
  const news = { id: "m1", kind: "order-cancelled", order_number: 4710, slot: 0, sku: null, quantity: null };
  const list = snapshot({
    ver: 2,
    messages: [news],
    tasks: [task("t1", "s1", { cancelled: 3 }), task("t3", "s3", { qty: 1, tote_slot: 1 })],
  });
  handheld.send({ type: "synced", reply: reply(list), wanted: false });
  expect(handheld.notices).toEqual([
    "Order 4710 is cancelled. Take nothing more for slot A. Leave its tote as it is." +
      " Put back what you hold.",
  ]);
  expect(handheld.effects.at(-1)).toEqual({ type: "signal", signal: "news" });
  expect(handheld.stage).toMatchObject({ at: "goto", stop: { location: "B-02-02" } });
  handheld.send({ type: "dismiss" }).send({ type: "synced", reply: reply(list), wanted: false });
  expect(handheld.notices).toEqual([]);
});

test("a right scan sweeps news away, a wrong one does not", () => {
  const messages = [{ id: "m1", kind: "order-cancelled", order_number: 4711, slot: 1, sku: null, quantity: null }];
  const handheld = loaded(snapshot({ messages }));
  expect(handheld.notices).toEqual([]); // swept away by the first tote
  const later = snapshot({ ver: 2, messages: [{ id: "m2", kind: "x", order_number: null, slot: null, sku: null, quantity: null }] });
  handheld.send({ type: "synced", reply: reply(later), wanted: false });
  expect(handheld.scan("XYZZY").notices).toHaveLength(1);
  expect(handheld.scan("A-12-03").notices).toHaveLength(0);
});

test("the stop walked to stays when the server reorders the rest", () => {
  const handheld = loaded();
  const list = snapshot();
  const stops = [...list.stops].reverse();
  handheld.send({ type: "synced", reply: reply({ ...list, stops, ver: 2 }), wanted: false });
  expect(handheld.stage).toMatchObject({ at: "goto", stop: { location: "A-12-03" } });
});

test("a list taken away by the lead is news, and home follows", () => {
  const handheld = loaded().scan("XYZZY").tap("short");
  handheld.send({ type: "synced", reply: reply(null), wanted: false });
  expect(handheld.notices).toEqual(["The lead took list 231. Park the cart."]);
  expect(handheld.bar).toBe("");
  expect(handheld.stage.at).toBe("home");
  expect(unsent(handheld.state)).toBe(2);
});

test("a list that was finished here is not taken away, whatever order the answers come in", () => {
  const handheld = loaded().scan(...FIRST_TASK, ...REST, "pack-1");
  const last = handheld.ops.length;
  handheld.send({ type: "synced", reply: reply(null, { last }), wanted: false });
  expect(handheld.notices).toEqual([]);
  expect(handheld.stage.at).toBe("done");
});

test("a snapshot that includes the own ops does not count them twice", () => {
  const handheld = loaded().scan(...FIRST_TASK);
  const list = snapshot({ ver: 3, tasks: [task("t1", "s1", { picked: 3 }), task("t3", "s3")] });
  const cart = {
    type: "cart-2",
    slots: list.cart.slots.map((slot, index) => ({ ...slot, bound: true, tote: `T-000${index + 1}` })),
  };
  handheld.send({ type: "synced", reply: reply({ ...list, cart }, { last: 3 }), wanted: false });
  expect(handheld.stage).toMatchObject({ at: "goto", stop: { location: "B-02-02" } });
  expect(handheld.scan("B-02-02", "CUP-R").stage).toMatchObject({ at: "take", taken: 1, want: 3 });
});

test("an undo that a restored server forgot is taken off the list it gives back", () => {
  const handheld = loaded().scan(...FIRST_TASK);
  const pick = handheld.ops[2];
  assert(pick?.kind === "pick");
  const { list, lease, by, dt } = pick;
  const undo: Op = { seq: 4, list, lease, by, dt, kind: "undo", op: 3 };
  handheld.send({ type: "synced", reply: reply(null, { last: 4 }), wanted: false });
  const ops = [{ op: pick, verdict: "applied" as const }, { op: undo, verdict: null }];
  handheld.send({ type: "ops", ops, nextSeq: 5 });
  const slots = snapshot().cart.slots.map((slot, index) => ({
    ...slot,
    bound: true,
    tote: `T-000${index + 1}`,
  }));
  const tasks = snapshot().tasks.map((each) => (each.id === "t1" ? { ...each, picked: 3 } : each));
  const back = snapshot({ ver: 5, tasks, cart: { type: "cart-2", slots } });
  handheld.send({ type: "synced", reply: reply(back, { last: 3 }), wanted: false });
  expect(handheld.stage).toMatchObject({ at: "goto", stop: { location: "A-12-03" } });
});

test("a refused fact is undone on the screen and told", () => {
  const handheld = loaded().scan(...FIRST_TASK);
  handheld.send({ type: "verdicts", verdicts: [[1, "applied", "ok"], [2, "applied", "ok"]] });
  expect(unsent(handheld.state)).toBe(1);
  handheld.send({ type: "verdicts", verdicts: [[3, "refused", "task-finished"]] });
  expect(handheld.notices).toEqual([
    "The office could not book this: 3 × Red cup. It was finished already.",
  ]);
  expect(unsent(handheld.state)).toBe(0);
});

test("a refused tote must be replaced before picking goes on", () => {
  const handheld = loaded();
  handheld.send({ type: "verdicts", verdicts: [[2, "refused", "tote-not-empty"]] });
  expect(handheld.stage).toMatchObject({ at: "load", slot: { label: "B" } });
  expect(handheld.notices).toEqual([
    "The office could not book this: tote T-0002 in slot B. The tote is in use. Take another.",
  ]);
});

test("help calls the lead to the place, pause holds everything", () => {
  const handheld = loaded().scan("CMD-HELP");
  expect(handheld.ops.at(-1)).toMatchObject({ kind: "report", location: "A-12-03", reason: "help" });
  handheld.scan("CMD-PAUSE");
  expect(handheld.scan("A-12-03").bar).toBe("wrong | You are at A-12-03. | Tap Continue first.");
  expect(handheld.tap("start").state.dialog).toBeNull();
});

test("handing back asks, records and returns home", () => {
  const handheld = loaded().tap("hand-back").tap("yes");
  expect(handheld.ops.at(-1)).toMatchObject({ kind: "hand_back" });
  expect(handheld.stage.at).toBe("home");
});

test("signing out keeps what is not sent and forgets the person", () => {
  const handheld = loaded().tap("sign-out").tap("yes");
  expect(handheld.state.person).toBeNull();
  expect(handheld.kinds).toBe("bind bind");
  expect(handheld.effects.some(({ type }) => type === "sign-out")).toBe(false);
});

test("a sign-in that ended keeps list and facts for the next one", () => {
  const handheld = loaded().send({ type: "sign-in-ended" });
  expect(handheld.stage.at).toBe("signin");
  expect(handheld.state.snapshot?.number).toBe(231);
  expect(unsent(handheld.state)).toBe(2);
});

test("losing the network changes the cloud, not the answer on the screen", () => {
  const handheld = loaded().scan("XYZZY");
  const { bar } = handheld.state;
  handheld.send({ type: "link", online: false });
  expect(handheld.state.bar).toBe(bar);
  expect(handheld.effects.at(-1)).toEqual({ type: "signal", signal: "offline" });
});
