// model/fields.ts: header and trailer fields as they came over the wire

/**
 * Fields in wire order and case: `[name, value, name, value, ...]`, as `rawHeaders` has them.
 * Each character is one byte (latin1), so a value goes on byte for byte.
 */
export type Fields = readonly string[];

/** The first value of a field, by case-insensitive name (RFC 9110, 5.1). */
export function fieldValue(fields: Fields, name: string): string | undefined {
  const wanted = name.toLowerCase();
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const candidate = fields[i]!;
    if (candidate.length === wanted.length && candidate.toLowerCase() === wanted) return fields[i + 1];
  }
  return undefined;
}

/** Every value of a field, in order; lists in one value are not split. */
export function fieldValues(fields: Fields, name: string): string[] {
  const wanted = name.toLowerCase();
  const values: string[] = [];
  for (let i = 0; i + 1 < fields.length; i += 2) {
    if (fields[i]!.toLowerCase() === wanted) values.push(fields[i + 1]!);
  }
  return values;
}

/** Whether a field is present. @param name in lower case */
export function hasField(fields: Fields, name: string): boolean {
  return fieldValue(fields, name) !== undefined;
}
