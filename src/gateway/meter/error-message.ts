import { asObject, type Json } from "../json.ts";

/** A vendor's words in an error of any of the protocols, whole or as an event; null where it is none. */
export function errorMessage(json: Json): string | null {
  const places = [
    asObject(json["error"])["message"],
    asObject(asObject(json["response"])["error"])["message"],
    json["type"] === "error" ? json["message"] : null,
    json["error"],
  ];
  return (places.find((place) => typeof place === "string" && place !== "") as string | undefined) ?? null;
}
