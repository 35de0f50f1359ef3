/**
 * English text of the handheld: the reference catalogue.
 *
 * Keys are grouped by where a sentence stands. `seen.*` names what was scanned, `need.*`
 * says what is wanted instead: a wrong scan is answered with one of each.
 */
export const en = {
  // The word of each signal: nothing is said by colour alone.
  "word.ok": "Right",
  "word.step": "Right",
  "word.line": "Done",
  "word.list": "Finished",
  "word.wrong": "Wrong",
  "word.unknown": "Unknown",
  "word.extra": "Too many",
  "word.again": "Already done",
  "word.news": "News",
  "word.offline": "No network",
  "word.online": "Network is back",
  "word.todo": "Now",

  // Frame.
  "frame.stops": "{done}/{total}",
  "frame.list": "List {number}",
  "frame.waiting": "{n} waiting to be sent|{n} waiting to be sent",
  "frame.online": "Connected",
  "frame.offline": "Offline",
  "frame.menu": "Menu",
  "frame.next": "Next",
  "frame.battery": "Battery {percent} %",

  // Buttons.
  "button.start": "Start",
  "button.short": "Short",
  "button.skip": "Skip",
  "button.undo": "Undo last",
  "button.pause": "Pause",
  "button.continue": "Continue",
  "button.help": "Call the lead",
  "button.hand-back": "Hand back the list",
  "button.sign-out": "Sign out",
  "button.type": "Type it",
  "button.yes": "Yes",
  "button.no": "No",
  "button.close": "Close",
  "button.ok": "OK",
  "button.louder": "Louder",
  "button.finish": "Finish",
  "button.understood": "Understood",
  "button.use-here": "Work here",
  "button.letters": "ABC",
  "button.digits": "123",
  "button.delete": "Delete",

  // H1 Sign in.
  "signin.badge": "Scan your badge",
  "signin.pin": "Type your PIN",
  "signin.who": "Badge {badge}",
  "signin.type-badge": "Type the number",
  "signin.other": "Another badge",
  "signin.wrong": "Badge or PIN is not right.",
  "signin.locked": "Too many tries. Wait a quarter of an hour or call the lead.",
  "signin.no-network": "No network. Signing in needs it.",
  "signin.not-enrolled": "This handheld is not let in yet. Ask the lead for its code.",
  "signin.bad-code": "This code is used or too old. Ask the lead for a new one.",
  "signin.enrolled": "This handheld is let in. Scan your badge.",
  "signin.busy": "Signing in …",
  "signin.hello": "Hello {name}",
  "signin.ended": "Signed out; your picks are safe. Scan your badge.",
  "signin.sound": "Did you hear and feel them?",

  // H4 Home.
  "home.next": "Next: list {number}",
  "home.ready": "Ready for the next list",
  "home.orders": "{n} order|{n} orders",
  "home.stops": "{n} stop|{n} stops",
  "home.minutes": "about {n} min|about {n} min",
  "home.metres": "{n} m|{n} m",
  "home.nothing": "Nothing to pick",
  "home.call": "We will call you.",
  "home.asking": "Getting your list …",
  "home.more": "{n} list waiting|{n} lists waiting",
  "home.offline": "A new list needs the network.",
  "home.new-work": "There is a list to pick.",
  "method.single": "One order",
  "method.cluster": "Sort into totes while picking",
  "method.sort-after": "Sort at the wall afterwards",
  "method.zone": "Zone {zone}",
  "method.total": "All orders together",

  // What to do at each step, always on the screen.
  "hint.load": "Scan the tote.",
  "hint.goto": "Scan the shelf label.",
  "hint.take": "Scan each one.",
  "hint.take-once": "Count them, scan one.",
  "hint.put": "Scan the tote or its slot.",
  "hint.drop": "Scan the label of the place.",
  "hint.drop-nothing": "Tap Finish.",
  "hint.home": "Tap Start.",
  "hint.wait": "A new list comes by itself.",
  "hint.done": "Tap OK.",
  "hint.choose": "Choose below.",
  "hint.typing": "Typed: {text}",

  // H6 Load the cart.
  "load.title": "Put an empty tote in slot",
  "load.take": "Take tote {tote} and put it in slot",
  "load.done": "Tote {tote} stands in slot {slot}.",
  "load.order": "Order {number}",

  // H7 Go to.
  "goto.title": "Go to",
  "goto.distance": "{n} m|{n} m",
  "goto.left": "left side",
  "goto.right": "right side",
  "goto.level": "level {level}",
  "goto.floor-level": "bottom level",
  "goto.floor": "floor {floor}",
  "goto.arrived": "You are at {location}.",
  "goto.map": "Map of the way to {location}",

  // H8 Take.
  "take.title": "Take",
  "take.count": "{taken} of {qty}",
  "take.for": "for slot {slot}",
  "take.lot": "Lot {lot}",
  "take.counted": "{taken} of {qty} {name}",

  // H9 Put.
  "put.title": "Put in slot",
  "put.what": "{qty} × {name}",
  "put.done": "{qty} × {name} in slot {slot}.",
  "put.then": "Then {qty} × {name} for slot {slot}",

  // H11 Drop.
  "drop.title": "Bring the cart to",
  "drop.or": "or {stations}",
  "drop.totes": "{n} tote to leave there|{n} totes to leave there",
  "drop.nothing": "Nothing to drop",
  "drop.nothing-why": "No tote holds goods of this list.",

  // H12 Done.
  "done.title": "List {number}",
  "done.thanks": "Thank you.",
  "done.stops": "{n} stop|{n} stops",
  "done.metres": "{n} m|{n} m",
  "done.units": "{n} unit|{n} units",
  "done.shorts": "{n} short|{n} short",
  "done.sending": "{n} still to send|{n} still to send",

  // What was scanned.
  "seen.unknown": "Nobody here knows “{code}”.",
  "seen.item": "This is {name}.",
  "seen.location": "You are at {code}.",
  "seen.station": "This is station {code}.",
  "seen.tote": "This is tote {code}.",
  "seen.slot": "This is slot {slot}.",
  "seen.cart": "This is cart {code}.",
  "seen.badge": "This is a badge.",
  "seen.command": "The card {command} is of no use here.",
  "seen.digits": "{code} is not the number of this place.",
  "seen.badge-typed": "“{code}” is no badge.",
  "seen.used-tote": "Tote {code} stands in slot {slot} already.",
  "seen.here-already": "You are at {code} already.",
  "seen.dropped-place": "Station {code} is not for this list.",
  "seen.pack": "This pack holds {units}, {left} wanted.",

  // What is wanted instead.
  "need.badge": "Scan your badge.",
  "need.pin": "Type your PIN.",
  "need.start": "Tap Start.",
  "need.close": "Tap OK.",
  "need.empty-tote": "Scan an empty tote for slot {slot}.",
  "need.that-tote": "Scan tote {tote} for slot {slot}.",
  "need.location": "You need {location}.",
  "need.shelf-first": "First scan the shelf {location}.",
  "need.item": "You need {name}.",
  "need.item-first": "First take {name}.",
  "need.slot": "You need slot {slot}, tote {tote}.",
  "need.station": "Bring the cart to {station}.",
  "need.finish": "Tap Finish.",
  "need.answer": "First answer the question.",
  "need.continue": "Tap Continue first.",
  "need.put-first": "First put away what you hold.",
  "need.put-hand-back": "Put back what you hold.",
  "need.put-back": "Put {n} back and scan {location}.|Put {n} back and scan {location}.",

  // X1 Short.
  "short.count": "How many are there really?",
  "short.wanted": "{qty} wanted at {location}",
  "short.in-hand": "You hold {n} of them.",
  "short.reason": "Why?",
  "short.none": "None there",
  "short.fewer": "Fewer than wanted",
  "short.cannot-find": "Cannot find it",
  "short.behind": "Behind other goods",
  "short.recorded": "{n} short of {name}.|{n} short of {name}.",
  "short.take": "Take {n} of {name}.",

  // X6 Skip.
  "skip.done": "{location} comes later.",
  "skip.last": "Nothing else is left to do first.",

  // X9 Over-pick.
  "over.title": "Only {qty}. Put {n} back.",
  "over.confirm": "Then scan {location}.",
  "over.done": "Put back. {qty} in hand.",
  "over.extra": "Only {qty} wanted.",

  // R13 A later stop first.
  "jump.title": "Do {location} first?",
  "jump.metres": "{n} m from the stop before|{n} m from the stop before",

  // F8 One code, several items.
  "choose.title": "Which one is it?",
  "choose.pack": "pack of {units}",

  // Undo.
  "undo.pick": "Take {qty} × {name} out of slot {slot} again?",
  "undo.short": "Withdraw the short of {qty} × {name}?",
  "undo.done": "Undone.",
  "undo.one": "One less: {taken} of {qty}.",
  "undo.nothing": "There is nothing to undo.",

  // Pause, help, hand back, sign out.
  "pause.title": "Pause",
  "pause.safe": "The list stays yours.",
  "help.sent": "The lead is called to {place}.",
  "help.later": "The lead is told as soon as there is network.",
  "hand-back.title": "Hand back the rest of the list?",
  "hand-back.what": "{n} task goes to somebody else. The totes keep what is in them.|{n} tasks go to somebody else. The totes keep what is in them.",
  "hand-back.done": "List {number} is handed back.",
  "sign-out.title": "Sign out?",
  "sign-out.unsent": "{n} fact is not sent yet. It is safe here and goes out after the next sign-in.|{n} facts are not sent yet. They are safe here and go out after the next sign-in.",
  "sign-out.list": "List {number} stays yours. Hand it back if you will not go on.",

  // News.
  "news.cancelled": "Order {number} is cancelled.",
  "news.cancelled-slot": "Take nothing more for slot {slot}. Leave its tote as it is.",
  "news.other": "The office changed this list: {kind}.",
  "news.recalled": "The lead took list {number}. Park the cart.",
  "news.alternative": "{qty} × {name} found elsewhere. A stop is added.",
  "news.refused": "The office could not book this:",
  "news.parked": "The lead will look at this:",
  "news.storage": "This device cannot store. Stop and call the lead.",
  "what.bind": "tote {tote} in slot {slot}.",
  "what.pick": "{qty} × {name}.",
  "what.short": "{qty} short of {name}.",
  "what.skip": "{name} later.",
  "what.drop": "tote {tote} at {station}.",
  "what.undo": "what you undid.",
  "what.report": "your call for help.",
  "what.hand_back": "handing back the list.",
  "what.done": "the finished list.",

  // Why the server refused or parked; the codes of the protocol.
  "why.tote-not-empty": "The tote is in use. Take another.",
  "why.unknown-tote": "Nobody knows this tote. Take another.",
  "why.wrong-tote": "Another tote belongs there.",
  "why.slot-taken": "There is a tote in this slot already.",
  "why.tote-dropped": "The tote was dropped already.",
  "why.over-pick": "It was more than wanted.",
  "why.task-finished": "It was finished already.",
  "why.tasks-open": "Something on the list is still open.",
  "why.totes-not-dropped": "A tote with goods is still on the cart.",
  "why.list-over": "The list was closed already.",
  "why.lease-old": "Somebody else has the list now.",
  "why.late": "Somebody else has the list now.",
  "why.not-holder": "Somebody else has the list now.",
  "why.not-last": "Only the last fact can be undone.",
  "why.replanned": "The rest is picked elsewhere already.",
  "why.wrong-item": "It was another item.",
  "why.wrong-location": "It was another place.",
  "why.revoked": "This sign-in was ended by the office.",
  "why.not-supported-yet": "The office does this by hand.",
  "why.other": "Reason: {code}.",

  // Another window.
  "elsewhere.title": "Wavepick is open in another window",
  "elsewhere.why": "Only one window may pick at a time.",
} as const;

export type Key = keyof typeof en;
