/** A vendor that refuses a key may show a part of it; this many characters of it in a row are too many. */
const telling = 8;

const words = /[A-Za-z0-9_\-.*•…+/=]+/g;
const masked = /\*{2,}|\.{3,}|…|•/;

/** The text without the key, parts of the key, or the key with stars in it, as in `sk-pr****9f2a`. */
export function redact(text: string, key: string): string {
  if (key === "") return text;
  const whole = text.replaceAll(key, "[key]");
  if (key.length < telling) return whole;
  return whole.replace(words, (word) => (isOfKey(word, key) ? "[key]" : word));
}

function isOfKey(word: string, key: string): boolean {
  if (word.length < 3) return false;
  if (masked.test(word)) {
    return word.startsWith(key.slice(0, 2)) || word.replace(/\.+$/, "").endsWith(key.slice(-2));
  }
  return (
    word.length >= telling && (word.includes(key.slice(0, telling)) || word.includes(key.slice(-telling)))
  );
}
