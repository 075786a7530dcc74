import { describe, expect, it } from "vitest";
import { answerPermission } from "../../../src/agents/acp/answer-permission.ts";
import { chooseLogin } from "../../../src/agents/acp/choose-login.ts";
import { chooseMode } from "../../../src/agents/acp/choose-mode.ts";
import { readUsage } from "../../../src/agents/acp/read-usage.ts";
import { doorUrls } from "../../../src/agents/guest/door.ts";

const urls = doorUrls("http://127.0.0.1:1");
const option = (optionId: string, kind: "allow_once" | "allow_always" | "reject_once" | "reject_always") => ({
  optionId,
  name: optionId,
  kind,
});

describe("permission", () => {
  const all = [option("n", "reject_once"), option("a", "allow_always"), option("y", "allow_once")];

  it.each(["edit", "delete", "move"] as const)("rejects to %s where nothing may be changed", (kind) => {
    const answer = answerPermission({ options: all, toolCall: { toolCallId: "t", kind } }, true);
    expect(answer).toEqual({ outcome: { outcome: "selected", optionId: "n" }, isDenied: true });
  });

  it.each(["read", "execute", "fetch", "other", undefined] as const)("allows %s once", (kind) => {
    const toolCall = { toolCallId: "t", ...(kind === undefined ? {} : { kind }) };
    const allowed = { outcome: { outcome: "selected", optionId: "y" }, isDenied: false };
    expect(answerPermission({ options: all, toolCall }, true)).toEqual(allowed);
    expect(answerPermission({ options: all, toolCall }, false)).toEqual(allowed);
  });

  it("takes always where there is no once, and denies where nothing allows", () => {
    const toolCall = { toolCallId: "t" };
    const [always, never] = [option("a", "allow_always"), option("n", "reject_always")];
    expect(answerPermission({ options: [never, always], toolCall }, false).outcome).toMatchObject({
      optionId: "a",
    });
    expect(answerPermission({ options: [never], toolCall }, false)).toMatchObject({ isDenied: true });
    const none = answerPermission({ options: [], toolCall }, false);
    expect(none).toEqual({ outcome: { outcome: "cancelled" }, isDenied: true });
  });
});

describe("mode", () => {
  const modes = (currentModeId: string, ...ids: string[]) => ({
    currentModeId,
    availableModes: ids.map((id) => ({ id, name: id })),
  });

  it("asks for nothing where files may be changed, and for each change where not", () => {
    const claude = modes("auto", "default", "plan", "auto", "bypassPermissions");
    expect(chooseMode(claude, false)).toBe("bypassPermissions");
    expect(chooseMode(claude, true)).toBe("default");
    expect(chooseMode(modes("agent", "read-only", "agent", "agent-full-access"), true)).toBe(
      "agent-full-access",
    );
  });

  it("leaves a mode that will do, and those that it does not know", () => {
    expect(chooseMode(modes("yolo", "default", "yolo"), false)).toBeNull();
    expect(chooseMode(modes("build", "build", "plan"), false)).toBeNull();
    expect(chooseMode(null, false)).toBeNull();
  });
});

describe("login", () => {
  const methods = (...ids: string[]) => ids.map((id) => ({ id, name: id }));

  it("takes a method that needs no person", () => {
    const place = { credentials: "gateway", urls } as const;
    expect(chooseLogin(methods("oauth-personal", "gemini-api-key"), place)).toMatchObject({
      methodId: "gemini-api-key",
    });
    expect(chooseLogin(methods("gateway"), place)?._meta).toEqual({
      gateway: { baseUrl: urls.google, headers: {} },
    });
    expect(chooseLogin(methods("oauth-personal"), place)).toBeNull();
  });

  it("leaves the person's own login alone", () => {
    expect(chooseLogin(methods("gemini-api-key"), { credentials: "own", urls })).toBeNull();
  });
});

describe("usage", () => {
  it("is read from where agents put it", () => {
    const told = { inputTokens: 5, outputTokens: 3, cachedReadTokens: 2, totalTokens: 10 };
    const usual = { inputTokens: 5, cacheReadTokens: 2, cacheWriteTokens: 0, outputTokens: 3 };
    expect(readUsage(told, null)).toEqual(usual);
    const meta = { quota: { token_count: { input_tokens: 7, output_tokens: 1 } } };
    expect(readUsage(undefined, meta)).toMatchObject({ inputTokens: 7, outputTokens: 1 });
    expect(readUsage(null, undefined)).toBeNull();
  });
});
