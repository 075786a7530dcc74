import { emitKeypressEvents, type Key } from "node:readline";
import { AgentxError } from "../core/error.ts";
import { postRequest } from "../engine/post-request.ts";
import type { Workspace } from "../engine/workspace.ts";
import type { Prompt } from "../report/view-input.ts";
import type { Terminal } from "./terminal.ts";

type Asked = { run: string; question: number };

export type AnswerLine = { setQuestion: (asked: Asked | null) => void; close: () => void };

type Hooks = { workspace: Workspace; onTyped: (prompt: Prompt | null) => void; interrupt: () => void };

/** One line of input under the live view: what is typed answers the oldest open question. */
export function readAnswers({ stdin, now }: Terminal, { workspace, onTyped, interrupt }: Hooks): AnswerLine {
  let asked: Asked | null = null;
  let typed = "";
  const show = (refused: string | null = null): void =>
    onTyped(asked === null ? null : { question: asked.question, typed, refused });

  const send = (): void => {
    if (asked === null || typed.trim() === "") return;
    const request = { type: "answer", question: asked.question, text: typed } as const;
    try {
      postRequest(workspace, { run: asked.run, request, now: now() });
    } catch (error) {
      // It stays typed, to be mended.
      if (error instanceof AgentxError && error.code === "NO_SUCH_OPTION")
        return show(error.problems.map(({ what }) => what).join("; "));
      // Somebody was quicker at another terminal: the view shows their answer.
      if (!(error instanceof AgentxError) || error.code !== "ANSWERED") throw error;
    }
    asked = null;
    typed = "";
    onTyped(null);
  };

  const onKey = (text: string | undefined, key: Key): void => {
    // In raw mode the terminal makes no signal of it.
    if (key.ctrl && key.name === "c") return interrupt();
    if (asked === null) return;
    if (key.name === "return" || key.name === "enter") return send();
    if (key.name === "backspace") typed = typed.replace(/.$/su, "");
    else if (key.ctrl && key.name === "u") typed = "";
    else if (text !== undefined && !key.ctrl && !key.meta && !/\p{Cc}/u.test(text)) typed += text;
    show();
  };

  emitKeypressEvents(stdin);
  stdin.setRawMode?.(true);
  stdin.resume();
  stdin.on("keypress", onKey);
  return {
    setQuestion: (next) => {
      if (next?.question === asked?.question) return;
      asked = next;
      typed = "";
      show();
    },
    close: () => {
      stdin.off("keypress", onKey);
      stdin.setRawMode?.(false);
      stdin.pause();
    },
  };
}
