/** Whether two pieces of plain data, as JSON carries it, say the same. The order of keys says nothing. */
export function sameData(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const fields = new Map<string, unknown>(Object.entries(other));
  const own = Object.entries(one);
  return (
    own.length === fields.size &&
    own.every(([name, value]) => fields.has(name) && sameData(value, fields.get(name)))
  );
}
