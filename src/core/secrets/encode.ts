const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const hexDigits = "0123456789abcdef";

export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => `${hexDigits[byte >> 4]}${hexDigits[byte & 15]}`).join("");
}

/**
 * The characters of base64 that these bytes alone decide, where `shift` (0, 1 or 2) bytes modulo three come before them;
 * in both alphabets where they differ.
 */
export function base64Of(bytes: Uint8Array, shift: number): string[] {
  const firstBit = shift * 8;
  const lastBit = firstBit + bytes.length * 8;
  let text = "";
  for (let bit = Math.ceil(firstBit / 6) * 6; bit + 6 <= lastBit; bit += 6) {
    const at = bit - firstBit;
    const pair = ((bytes[at >> 3] ?? 0) << 8) | (bytes[(at >> 3) + 1] ?? 0);
    text += alphabet[(pair >> (10 - (at & 7))) & 63];
  }
  const forUrls = text.replaceAll("+", "-").replaceAll("/", "_");
  return text === forUrls ? [text] : [text, forUrls];
}
