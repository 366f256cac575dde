// test/trial/faults/serialisation.ts: another serialiser: types, absence, defaults, codes, nesting

import { consignment, STATES } from "../domain.ts";
import { atMost, type Fault } from "../fault.ts";
import { inBody, json } from "../service.ts";

const absences: Fault[] = [
  {
    name: "zero-for-null",
    shows: "$.discount type",
    cause: /0 (?:for|where).*null|null.*0/,
    right: ({ id }) => json({ id, discount: id % 2 === 0 ? null : (id % 40) + 1 }),
    wrong: inBody<{ discount: number | null }>((b) => ({ ...b, discount: b.discount ?? 0 })),
  },
  {
    name: "empty-list-for-null",
    shows: "$.notes type",
    cause: /\[\] (?:for|where).*null|empty (?:list|array).*null|null.*(?:empty|\[\])/,
    right: ({ id }) => json({ id, notes: id % 2 === 0 ? null : [`note ${id}`] }),
    wrong: inBody<{ notes: string[] | null }>((b) => ({ ...b, notes: b.notes ?? [] })),
  },
  {
    name: "empty-list-left-out",
    shows: "$.notes missing",
    cause: /\[\]|empty/,
    right: ({ id }) => json({ id, notes: id % 2 === 0 ? [] : [`note ${id}`] }),
    wrong: inBody<{ notes: string[] }>((b) => ({ ...b, notes: b.notes.length === 0 ? undefined : b.notes })),
  },
  {
    name: "false-left-out",
    shows: "$.priority missing",
    cause: /left out.*false|false.*(?:left out|missing)/,
    wrong: inBody((b) => ({ ...b, priority: b.priority || undefined })),
  },
  {
    name: "zero-left-out",
    shows: "$.discount missing",
    cause: /left out.*\b0\b|\b0\b.*(?:left out|missing)/,
    right: ({ id }) => json({ id, discount: id % 2 === 0 ? 0 : id }),
    wrong: inBody<{ discount: number }>((b) => ({ ...b, discount: b.discount || undefined })),
  },
  {
    name: "null-said-aloud",
    shows: "$.approver extra",
    cause: /null/,
    right: ({ id }) => json({ id, ...(id % 2 === 0 ? {} : { approver: `user ${id}` }) }),
    wrong: inBody<{ approver?: string }>((b) => ({ ...b, approver: b.approver ?? null })),
  },
  {
    name: "default-for-null",
    shows: "$.currency type",
    cause: /"EUR" (?:for|where).*null|null.*"EUR"/,
    right: ({ id }) => json({ id, currency: [null, "USD", "CHF"][id % 3] }),
    wrong: inBody<{ currency: string | null }>((b) => ({ ...b, currency: b.currency ?? "EUR" })),
  },
  {
    name: "text-null-for-null",
    shows: "$.approver type",
    cause: /"null"/,
    right: ({ id }) => json({ id, approver: id % 2 === 0 ? null : `user ${id}` }),
    wrong: inBody<{ approver: string | null }>((b) => ({ ...b, approver: String(b.approver) })),
  },
];

const types: Fault[] = [
  {
    name: "bit-for-boolean",
    shows: "$.priority type",
    cause: /true -> 1|1 for true|0 and 1|0\/1|mapping|number for a boolean/,
    wrong: inBody((b) => ({ ...b, priority: b.priority ? 1 : 0 })),
  },
  {
    name: "boolean-for-text",
    shows: "$.insured type",
    cause: /boolean|same value|"true" -> true|mapping/,
    right: ({ id }) => json({ id, insured: id % 2 === 0 ? "true" : "false" }),
    wrong: inBody<{ insured: string }>((b) => ({ ...b, insured: b.insured === "true" })),
  },
  {
    name: "boolean-turned-around",
    shows: "$.enabled value",
    cause: /opposite|negat|invert|true -> false|not legacy/,
    right: ({ id }) => json({ id, enabled: id % 3 !== 0 }),
    wrong: inBody<{ enabled: boolean }>((b) => ({ ...b, enabled: !b.enabled })),
  },
  {
    name: "code-by-ordinal",
    shows: "$.state type",
    cause: /mapping/,
    wrong: inBody((b) => ({ ...b, state: STATES.indexOf(b.state) })),
  },
  {
    name: "codes-in-lower-case",
    shows: "$.state value",
    cause: /lower case/,
    true: /mapping/,
    wrong: inBody((b) => ({ ...b, state: b.state.toLowerCase() })),
  },
  {
    name: "codes-with-hyphens",
    shows: "$.state value",
    cause: /"-".*"_"|"_".*"-"|hyphen|KEBAB/,
    true: /mapping|AT-SEA/,
    wrong: inBody((b) => ({ ...b, state: b.state.replace("_", "-") })),
  },
  {
    name: "unit-written-behind",
    shows: "$.weight type",
    cause: /"? kg"|unit|suffix/,
    wrong: inBody((b) => ({ ...b, weight: `${b.weight} kg` })),
  },
  {
    name: "list-as-comma-separated-text",
    shows: "$.tags type",
    cause: /join|comma|separat|","/,
    wrong: inBody((b) => ({ ...b, tags: b.tags.join(",") })),
  },
  {
    name: "list-as-object-of-indexes",
    shows: "$.stops type",
    cause: /index|position|key/,
    wrong: inBody((b) => ({ ...b, stops: Object.fromEntries(b.stops.map((stop, n) => [n, stop])) })),
  },
  {
    name: "object-in-a-list-of-one",
    shows: "$.customer type",
    cause: /list|array|one element/,
    wrong: inBody((b) => ({ ...b, customer: [b.customer] })),
  },
  {
    name: "object-became-its-id",
    shows: "$.customer type",
    cause: /number|customer\.number|only its/,
    wrong: inBody((b) => ({ ...b, customer: b.customer.number })),
  },
];

const nesting: Fault[] = [
  {
    name: "nested-flattened",
    shows: ["$.customer missing", "$.customer.name missing", "$.customer.city missing"],
    also: ["* *"],
    cause: /customerName|customerCity|flatten/,
    right: ({ id }) => json({ id, customer: slimCustomer(id) }),
    wrong: inBody<{ id: number; customer: ReturnType<typeof slimCustomer> }>(({ id, customer }) => ({
      id,
      customerName: customer.name,
      customerCity: customer.city,
    })),
  },
  {
    name: "two-members-nested",
    shows: ["$.from missing", "$.to missing"],
    also: ["$.from missing", "$.to missing", "$.route* extra"],
    cause: /route\.(?:from|to)|moved/,
    right: ({ id }) => json({ id, from: consignment(id).route.from, to: consignment(id).route.to }),
    wrong: inBody<{ id: number; from: string; to: string }>(({ id, from, to }) => ({ id, route: { from, to } })),
  },
  {
    name: "two-members-merged",
    shows: ["$.first missing", "$.last missing"],
    also: ["$.first missing", "$.last missing", "$.name extra"],
    cause: /name/,
    right: ({ id }) => json({ id, ...names(id) }),
    wrong: inBody<{ id: number; first: string; last: string }>(({ id, first, last }) => ({
      id,
      name: `${first} ${last}`,
    })),
  },
  {
    name: "one-member-split",
    shows: ["$.contact missing"],
    also: ["$.first extra", "$.last extra"],
    cause: /split|first|last/,
    right: ({ id }) => json({ id, contact: consignment(id).customer.contact }),
    wrong: inBody<{ id: number; contact: string }>(({ id, contact }) => {
      const [first, last] = contact.split(" ");
      return { id, first, last };
    }),
  },
  {
    name: "members-in-snake-case",
    shows: ["$.bookedAt missing", "$.arrivesOn missing", "$.changedAt missing"],
    also: ["* *"],
    cause: /booked_at|changed_at|arrives_on|snake/,
    check: atMost(6),
    wrong: inBody(({ bookedAt, changedAt, arrivesOn, ...b }) => ({
      ...b,
      booked_at: bookedAt,
      changed_at: changedAt,
      arrives_on: arrivesOn,
    })),
  },
  {
    name: "gross-is-net",
    shows: "$.price.gross value",
    cause: /"?net"?/,
    true: /x 0\.84|\/ 1\.19/,
    wrong: inBody((b) => ({ ...b, price: { ...b.price, gross: b.price.net } })),
  },
];

/** A member whose value is a JSON document in a string. */
const embedded: Fault["right"] = ({ id }) => json({ id, payload: JSON.stringify(payload(id)) });
const inPayload = (write: (value: ReturnType<typeof payload>) => string) =>
  inBody<{ id: number; payload: string }>((b) => ({ ...b, payload: write(payload(b.id)) }));

const jsonInText: Fault[] = [
  {
    name: "json-text-with-keys-in-another-order",
    shows: "$.payload value",
    cause: /(?:same|equal).*JSON|JSON.*(?:same|order)/i,
    right: embedded,
    wrong: inPayload(({ sku, kg, to }) => JSON.stringify({ to, sku, kg })),
  },
  {
    name: "json-text-laid-out",
    shows: "$.payload value",
    cause: /(?:same|equal).*JSON|JSON.*(?:same|white)/i,
    right: embedded,
    wrong: inPayload((value) => JSON.stringify(value, null, 2)),
  },
  {
    name: "json-text-with-one-leaf-changed",
    shows: "$.payload value",
    cause: /JSON.*kg/i,
    right: embedded,
    wrong: inPayload((value) => JSON.stringify({ ...value, kg: value.kg * 1000 })),
  },
  {
    name: "json-text-lost-a-member",
    shows: "$.payload value",
    cause: /JSON.*\bto\b/i,
    right: embedded,
    wrong: inPayload(({ to: _, ...value }) => JSON.stringify(value)),
  },
];

export const SERIALISATION: readonly Fault[] = [...absences, ...types, ...nesting, ...jsonInText];

function slimCustomer(id: number) {
  const { name, city } = consignment(id).customer;
  return { name, city };
}

function names(id: number) {
  const [first, last] = consignment(id).customer.contact.split(" ");
  return { first, last };
}

function payload(id: number) {
  const { sku, kg } = consignment(id).parcels[0]!;
  return { sku, kg, to: consignment(id).route.to };
}
