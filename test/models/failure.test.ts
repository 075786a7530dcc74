import { describe, expect, it } from "vitest";
import { failureOf, streamFailure } from "../../src/models/failure.ts";

const endpoint = {
  id: "google/gemini-3.8-flash",
  provider: "google",
  model: "gemini-3.8-flash",
  baseUrl: null,
  key: "k",
  keyEnv: "GEMINI_API_KEY",
  idleMs: 1000,
};

/** As @google/genai throws it: the whole body is the message. */
function googleError(status: number, error: object): Error {
  return Object.assign(new Error(JSON.stringify({ error: { code: status, ...error } })), { status });
}

describe("Google's errors", () => {
  const message = "You exceeded your current quota, please check your plan and billing details.";
  const details = (quotaId: string): object[] => [
    { "@type": "type.googleapis.com/google.rpc.QuotaFailure", violations: [{ quotaId }] },
    { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "34s" },
  ];

  it("tell the minute's quota from the day's, and how long to wait", () => {
    const minute = googleError(429, {
      status: "RESOURCE_EXHAUSTED",
      message,
      details: details("RequestsPerMinute"),
    });
    expect(failureOf(minute, endpoint, null)).toMatchObject({ kind: "rate-limit", retryAfterMs: 34_000 });
    const day = googleError(429, {
      status: "RESOURCE_EXHAUSTED",
      message,
      details: details("RequestsPerDay"),
    });
    expect(failureOf(day, endpoint, null)).toMatchObject({ kind: "quota" });
  });

  it("call a wrong key a bad request, which it is not", () => {
    const details = [{ reason: "API_KEY_INVALID" }];
    const error = googleError(400, { status: "INVALID_ARGUMENT", message: "API key not valid.", details });
    expect(failureOf(error, endpoint, null)).toMatchObject({
      kind: "auth",
      message: "google refused the key in GEMINI_API_KEY (400)",
    });
  });
});

describe("a failure that is told inside a stream", () => {
  it.each([
    ["rate_limit_exceeded", "rate-limit"],
    ["server_error", "overloaded"],
    ["something_new", "overloaded"],
    ["insufficient_quota", "quota"],
    ["context_length_exceeded", "context-length"],
    ["invalid_prompt", "bad-request"],
  ])("with the code %s is of the kind %s", (code, kind) => {
    expect(streamFailure(endpoint, { code, message: "no luck" })).toMatchObject({ kind });
  });
});
