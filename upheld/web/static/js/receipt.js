// Checks a receipt in this browser and sends nothing anywhere. The rules are those of docs/spec/receipt.md; they stand
// here in the order and the words of upheld/rights/receipts.py, and one set of vectors tests both.

const MOST = 100_000;
const SENTENCES = 20;
const HASHES = 64;
const SIGNATURES = 16;
const DASH = "\u2014 ";
const PROOF = "c2sp.org/tlog-proof@v1";
const KIND = "it is not a receipt of this kind";
const OTHERWISE = "the entry that it proves says something else than the receipt";
const HIDDEN = /[\0-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

const ENDS = ["fulfilled", "partly_fulfilled", "revoked", "denied", "expired"];
const STATE = ["open", "need_user_verification", "in_progress", "on_hold", ...ENDS].join("|");
const ABOUT = "access|concern|erasure|item|objection|opt_out|rectification|restriction";
const UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
const TIME = "[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{3}Z";
const NUMBER = "(?:0|[1-9][0-9]{0,14})";
const CODE = "[a-z][a-z0-9_]{0,39}";
const RECIPIENT = "(?=[a-z0-9_.]{1,40} )[a-z][a-z0-9_]*(?:[.][a-z][a-z0-9_]*)*";
const TEXT = "[^ ]+(?: [^ ]+)*";
const END = [["policy", 1, 1, "[0-9a-f]{64}"], ["entry", 1, 1, UUID], ["index", 1, 1, NUMBER], ["tree", 1, 1, NUMBER]];

// The lines: name, how many there are at least and at most, and the pattern of the value.
const FIRST = [
  ["controller", 1, 1, TEXT], ["subject", 1, 1, UUID], ["asked", 1, 1, TIME], ["done", 1, 1, TIME], ...END,
  ["removed", 1, 1, NUMBER], ["kept", 0, 1000, TEXT], ["found", 0, 1000, TEXT],
];
const SECOND = [
  ["about", 1, 1, ABOUT], ["controller", 1, 1, TEXT], ["subject", 1, 1, UUID], ["item", 0, 1, `${CODE}:${UUID}`],
  ["request", 0, 1, UUID], ["number", 0, 1, "[A-Z0-9-]{1,12}"], ["state", 1, 1, STATE], ["asked", 1, 1, TIME],
  ["step", 1, 500, `${TIME} (?:${STATE})(?: ${CODE})?`], ["done", 0, 1, TIME], ["removed", 0, 1, NUMBER],
  ["did", 0, 100, `${CODE}(?::${CODE}){2} ${NUMBER}`], ["kept", 0, 100, TEXT],
  ["told", 0, 100, `${RECIPIENT} ${CODE} ${CODE} ${NUMBER}`], ["found", 0, 50, `${NUMBER} ${TEXT}`], ...END,
];
const SAID_FIRST = [
  "Erasure of everything held about one person. The keys that opened their data were destroyed first, so that",
  "no older copy can be read; then the rows were removed, and every store was read again.",
];
const READERS = { "upheld-receipt/v1": [readFirst, agreeFirst], "upheld-receipt/v2": [readSecond, agreeSecond] };

class Refusal extends Error {}
class NoCrypto extends Error {}

const refuse = (why) => {
  throw new Refusal(why);
};
const must = (holds, why = KIND) => holds || refuse(why);
const note = (why) => `the signed note cannot be trusted: ${why}`;
const proof = (why) => `the proof does not hold: ${why}`;
const NO_PROOF = proof("it is not a proof of an entry of this kind of log");
const DAMAGED = proof("a part of it is damaged");

// Bytes and text.
const encoder = new TextEncoder();
const bytesOf = (text) => encoder.encode(text);
const textOf = (bytes) => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const decoded = (text) =>
  typeof text === "string" && BASE64.test(text) ? Uint8Array.from(atob(text), (each) => each.charCodeAt(0)) : null;
const isOneWay = (text) => decoded(text) !== null && btoa(atob(text)) === text; // the bits that are left over are zero
const join = (...parts) => Uint8Array.from(parts.flatMap((part) => [...part]));
const equal = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);
const hash = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", join(...parts)));

function cut(text, mark) {
  const at = text.indexOf(mark);
  return at < 0 ? [text, "", ""] : [text.slice(0, at), mark, text.slice(at + mark.length)];
}

function cutLast(text, mark) {
  const at = text.lastIndexOf(mark);
  return at < 0 ? ["", "", text] : [text.slice(0, at), mark, text.slice(at + mark.length)];
}

// Signed notes: c2sp.org/signed-note, with Ed25519.
async function keyOf(text) {
  const [name, id, ...rest] = text.trim().split("+");
  const key = decoded(rest.join("+"));
  must(rest.length && key, note("the public key is not of the form name+id+key"));
  const wanted = (await hash(bytesOf(`${name}\n`), key)).slice(0, 4);
  const hex = [...wanted].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  must(key[0] === 1 && key.length === 33 && hex === id, note("the public key is damaged, or not an Ed25519 key"));
  must(name && !/\s/.test(name), note("the public key has no name"));
  try {
    return { name, id: wanted, key: await crypto.subtle.importKey("raw", key.slice(1), "Ed25519", false, ["verify"]) };
  } catch (error) {
    throw error.name === "NotSupportedError" ? new NoCrypto() : new Refusal(KIND);
  }
}

async function open(whole, verifier) {
  const [head, blank, lines] = cutLast(whole, "\n\n");
  const text = `${head}\n`;
  const signatures = lines.replace(/\n$/, "").split("\n");
  const isWhole = blank && lines.endsWith("\n") && signatures.length <= SIGNATURES;
  must(isWhole, note("it is not a text, an empty line and signature lines"));
  must(!/[\0-\x09\x0b-\x1f]/.test(whole), note("it holds a control character"));
  let found = false;
  for (const line of signatures) found = (await isSigned(line, text, verifier)) || found;
  must(found, note("no key that is trusted here signed it"));
  return text;
}

async function isSigned(line, text, { name, id, key }) {
  const [signer, space, encoded] = cutLast(line.startsWith(DASH) ? line.slice(DASH.length) : line, " ");
  const signature = decoded(encoded);
  must(line.startsWith(DASH) && space && signature?.length >= 5, note("a signature line is malformed"));
  if (signer !== name || !equal(signature.slice(0, 4), id)) return false;
  const fits = await crypto.subtle.verify("Ed25519", key, signature.slice(4), bytesOf(text));
  return must(fits, note(`the signature of ${name} does not fit the text`));
}

// The proof that an entry is in the log: c2sp.org/tlog-proof, RFC 9162 section 2.1.3.2.
async function check(text, verifier) {
  const [head, , signed] = cut(text, "\n\n");
  const lines = head.split("\n");
  const index = /^index (0|[1-9][0-9]{0,18})$/.exec(lines[2] ?? "");
  must(lines[0] === PROOF && index && lines[1].startsWith("extra ") && lines.length <= 3 + HASHES, NO_PROOF);
  const [size, root] = await checkpoint(signed, verifier);
  const { salt, body, entry } = carried(lines[1].slice("extra ".length));
  const path = lines.slice(3).map((line) => must(decoded(line), DAMAGED));
  const said = await hash(salt, body);
  const leaf = await hash([0], bytesOf("upheld-leaf/v1\n"), said);
  const reached = await rootOf(leaf, BigInt(index[1]), BigInt(size), path);
  must(reached && equal(reached, root), proof(`the entry is not number ${index[1]} of the log that was signed`));
  return { entry, body, index: index[1], size };
}

async function checkpoint(signed, verifier) {
  try {
    const [origin, size, encoded] = (await open(signed, verifier)).split("\n");
    const root = decoded(encoded);
    const holds = origin === verifier.name && /^(?:0|[1-9][0-9]{0,18})$/.test(size) && root?.length === 32;
    must(holds, note("it is not a checkpoint of this log"));
    return [size, root];
  } catch (error) {
    throw error instanceof Refusal ? new Refusal(proof(`T${error.message.slice(1)}`)) : error;
  }
}

function carried(encoded) {
  try {
    const extra = JSON.parse(textOf(must(decoded(encoded))));
    const [salt, body] = [must(decoded(extra.salt)), must(decoded(extra.body))];
    must(salt.length === 32);
    return { salt, body, entry: JSON.parse(textOf(body)) };
  } catch {
    return refuse(DAMAGED);
  }
}

async function rootOf(leaf, index, size, path) {
  if (index >= size) return null;
  let [at, last, value] = [index, size - 1n, leaf];
  for (const sibling of path) {
    if (last === 0n) return null;
    if (at & 1n || at === last) {
      value = await hash([1], sibling, value);
      while (!(at & 1n) && at) [at, last] = [at >> 1n, last >> 1n];
    } else {
      value = await hash([1], value, sibling);
    }
    [at, last] = [at >> 1n, last >> 1n];
  }
  return last === 0n ? value : null;
}

// One way to write everything that the proof carries, so that no two readers take it for different things.
function oneWay(rest, { entry, body }) {
  const [head, , signed] = cut(rest, "\n\n");
  const [extra, , ...path] = head.split("\n");
  const lines = signed.split("\n");
  const encoded = [extra.slice("extra ".length), ...path, lines[2]];
  encoded.push(...lines.filter((line) => line.startsWith(DASH)).map((line) => cutLast(line, " ")[2]));
  must(encoded.every(isOneWay));
  const carries = decoded(encoded[0]);
  const parts = JSON.parse(textOf(carries));
  must(isJson(carries) && isJson(body) && isOneWay(parts.body) && isOneWay(parts.salt));
  must(String(Object.keys(parts)) === "body,salt" && isEntry(entry));
}

function isJson(bytes) {
  const text = textOf(bytes);
  return bytes.every((byte) => byte < 128) && !/\\ud[89a-f]/.test(text) && canonical(JSON.parse(text)) === text;
}

function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (value !== null && typeof value === "object") {
    const members = Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`);
    return `{${members.join()}}`;
  }
  must(typeof value !== "number" || Number.isSafeInteger(value));
  return JSON.stringify(value);
}

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const isText = (value) => typeof value === "string";
const isFact = (value) => value === null || ["string", "number", "boolean"].includes(typeof value);

function isEntry(entry) {
  if (!isObject(entry) || String(Object.keys(entry)) !== "act,at,by,facts,id,subject,v") return false;
  if (!isObject(entry.by) || !isObject(entry.facts)) return false;
  const texts = [entry.act, entry.at, entry.id, ...Object.values(entry.by), entry.subject ?? ""];
  return texts.every(isText) && Object.values(entry.facts).flat().every(isFact) && entry.v === 1 &&
    typeof entry.facts.rows !== "boolean";
}

// The lines.
function taken(body, table) {
  const said = {};
  let at = 0;
  for (const [key, least, most, pattern] of table) {
    const values = [];
    const form = new RegExp(`^(?:${pattern})$`, "u");
    for (; body[at]?.startsWith(`${key}: `); at += 1) values.push(body[at].slice(key.length + 2));
    must(values.every((value) => form.test(value)) && least <= values.length && values.length <= most);
    said[key] = most > 1 ? values : values[0];
  }
  must(at === body.length);
  for (const moment of [said.asked, said.done, ...(said.step ?? []).map((step) => step.split(" ")[0])]) {
    must(moment === undefined || new Date(moment).toISOString() === moment);
  }
  return said;
}

function readFirst(lines) {
  must([...SAID_FIRST, ""].every((line, at) => lines[at + 1] === line));
  return { about: "erasure", state: "fulfilled", sentences: SAID_FIRST, ...taken(lines.slice(4), FIRST) };
}

function readSecond(lines) {
  must(!lines.some((line) => HIDDEN.test(line)));
  const blank = lines.indexOf("");
  const sentences = lines.slice(1, Math.max(blank, 1));
  must(0 < sentences.length && sentences.length <= SENTENCES);
  must(sentences.every((line) => new RegExp(`^${TEXT}$`, "u").test(line)));
  const said = taken(lines.slice(blank + 1), SECOND);
  must(fit(said));
  return { ...said, sentences };
}

const byCodePoint = (one, other) => {
  const [a, b] = [[...one], [...other]].map((text) => text.map((each) => each.codePointAt(0)));
  const at = a.findIndex((point, place) => point !== b[place]);
  return at < 0 ? a.length - b.length : a[at] - (b[at] ?? -1);
};
const inOrder = (lines) => lines.every((line, at) => !at || byCodePoint(lines[at - 1], line) < 0);

function fit(said) {
  const steps = said.step.map((step) => step.split(" "));
  const [at, state] = steps.at(-1);
  const isDone = ENDS.slice(0, 2).includes(state);
  const [isItem, isErasure] = [said.about === "item", said.about === "erasure"];
  const removed = said.removed !== undefined;
  return said.asked === steps[0][0] && said.state === state &&
    !steps.slice(0, -1).some((step) => ENDS.includes(step[1])) &&
    said.done === (ENDS.includes(state) ? at : undefined) && (said.item !== undefined) === isItem &&
    (said.number === undefined || said.request !== undefined) &&
    [said.did, said.kept, said.told].every(inOrder) &&
    (said.request !== undefined || isErasure || isItem) && (!removed || (isErasure && isDone)) &&
    (!isItem || (said.request === undefined && isDone)) &&
    (said.request !== undefined || !isErasure || removed) && said.found.length > 0 === (removed || isItem);
}

// The entry that the proof shows is the one that the receipt names, and says the same.
const named = (said, { entry, index, size }, at) =>
  entry.id === said.entry && entry.subject === said.subject && index === said.index && size === said.tree &&
  entry.at === at;
const sameRows = (said, { entry }) => typeof entry.facts.rows === "number" && String(entry.facts.rows) === said.removed;

function agreeFirst(said, proven) {
  must(proven.entry.act === "vault:subject:shred", "the entry that it proves is not an erasure");
  must(named(said, proven, said.done) && sameRows(said, proven), OTHERWISE);
}

function agreeSecond(said, proven) {
  const [{ act, facts }, [at, state, reason]] = [proven.entry, said.step.at(-1).split(" ")];
  const STEPS = ["rights:request:open", "rights:request:confirm", "rights:request:step"];
  let [acts, same] = [STEPS, false];
  if (said.about === "item") [acts, same] = [["vault:row:remove"], facts.row === said.item];
  else if (said.removed !== undefined) [acts, same] = [["vault:subject:shred"], sameRows(said, proven)];
  else {
    same = facts.request === `request:${said.request}` && facts.right === said.about && facts.state === state &&
      (facts.reason ?? null) === (reason ?? null);
  }
  must(acts.includes(act), "the entry that it proves is about something else");
  must(named(said, proven, at) && same, OTHERWISE);
}

// What a receipt of these bytes says. Throws a Refusal, whose message says why, for any that is not, byte for byte, one
// that the holder of the key signed; and NoCrypto where the browser cannot check a signature of this kind.
async function verify(bytes, key) {
  must(bytes.length <= MOST, "it is larger than any receipt");
  if (!globalThis.crypto?.subtle) throw new NoCrypto();
  const verifier = await keyOf(key);
  try {
    const whole = textOf(bytes);
    const text = await open(whole, verifier);
    const signature = whole.slice(text.length);
    must(signature.split("\n").length === 3, note("it was altered after it was signed"));
    must(isOneWay(cutLast(signature.slice(0, -1), " ")[2]), note("it was altered after it was signed"));
    const [head, mark, rest] = cut(text, `\n\n${PROOF}\n`);
    const proven = await check(mark.replace(/^\n+/, "") + rest, verifier);
    oneWay(rest, proven);
    const lines = head.split("\n");
    const [read, agree] = must(Object.hasOwn(READERS, lines[0]) && READERS[lines[0]]);
    const said = read(lines);
    agree(said, proven);
    return said;
  } catch (error) {
    throw error instanceof Refusal || error instanceof NoCrypto ? error : new Refusal(KIND);
  }
}

export { MOST, NoCrypto, Refusal, verify };
