// bench/bodies.ts: JSON bodies of about a given size, and the same with one leaf changed, or two of every item

/** One leaf in the middle, or quantity and price of every item. */
export type Changed = boolean | "everywhere";

/** An order with as many items as fit into about `size` bytes. */
export function orderBody(size: number, changed: Changed = false): Buffer {
  const items: string[] = [];
  const [before, after] = [
    '{"id":10023,"status":"SHIPPED","placedAt":"2026-03-02T10:15:00Z","items":[',
    '],"currency":"EUR"}',
  ];
  for (let length = before.length + after.length; length < size; ) {
    const n = items.length;
    const item = {
      sku: `SKU-${n}`,
      name: `Article number ${n}`,
      quantity: (n % 4) + 1,
      unitPrice: 19.95 + n,
      tags: ["new"],
    };
    items.push(JSON.stringify(item));
    length += items.at(-1)!.length + 1;
  }
  const text = `${before}${items.join(",")}${after}`;
  if (changed === "everywhere") {
    return Buffer.from(text.replace(/"quantity":\d+,"unitPrice":/g, '"quantity":9,"unitPrice":7'));
  }
  if (!changed) return Buffer.from(text);
  const middle = `"sku":"SKU-${Math.floor(items.length / 2)}"`;
  const at = text.indexOf('"quantity":', text.indexOf(middle)) + '"quantity":'.length;
  return Buffer.from(`${text.slice(0, at)}9${text.slice(at + 1)}`);
}
