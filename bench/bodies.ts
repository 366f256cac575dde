// bench/bodies.ts: JSON bodies of about a given size, and the same with one leaf changed

/** An order with as many items as fit into about `size` bytes. */
export function orderBody(size: number, changed = false): Buffer {
  const items: object[] = [];
  const order = { id: 10_023, status: "SHIPPED", placedAt: "2026-03-02T10:15:00Z", items, currency: "EUR" };
  while (JSON.stringify(order).length < size) {
    const n = items.length;
    items.push({
      sku: `SKU-${n}`,
      name: `Article number ${n}`,
      quantity: (n % 4) + 1,
      unitPrice: 19.95 + n,
      tags: ["new"],
    });
  }
  const text = JSON.stringify(order);
  if (!changed) return Buffer.from(text);
  const middle = `"sku":"SKU-${Math.floor(items.length / 2)}"`;
  const at = text.indexOf('"quantity":', text.indexOf(middle)) + '"quantity":'.length;
  return Buffer.from(`${text.slice(0, at)}9${text.slice(at + 1)}`);
}
