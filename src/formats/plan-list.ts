/**
 * The items of `a, b, {c,d}.ts`: commas inside braces and inside `code` separate nothing, an item that is
 * wholly `code` loses its backticks, empty items fall out.
 */
export function splitList(value: string): string[] {
  const items: string[] = [];
  let item = "";
  for (let at = 0; at < value.length; at++) {
    const char = value[at] ?? "";
    const end = closingOf(value, at);
    if (end !== -1) {
      item += value.slice(at, end + 1);
      at = end;
    } else if (char === ",") {
      items.push(item);
      item = "";
    } else item += char;
  }
  return [...items, item].map((each) => unquote(each.trim())).filter((each) => each !== "");
}

/** One `value` where the items read back from it as they are, else one for each item. */
export function joinList(items: readonly string[]): string[] {
  const joined = items.join(", ");
  if (isSame(splitList(joined), items)) return joined === "" ? [] : [joined];
  return items.map((item) => (isSame(splitList(item), [item]) ? item : `\`${item.replaceAll("`", "")}\``));
}

/** Where the code or the braces that begin at `at` end; -1 where none begin or they never end. */
function closingOf(value: string, at: number): number {
  if (value[at] === "`") return value.indexOf("`", at + 1);
  if (value[at] !== "{") return -1;
  const end = value.slice(at + 1).search(/[{}]/);
  return end !== -1 && value[at + 1 + end] === "}" ? at + 1 + end : -1;
}

function unquote(item: string): string {
  return /^`[^`]*`$/.test(item) ? item.slice(1, -1).trim() : item;
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}
