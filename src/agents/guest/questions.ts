export type Question = { text: string; options: string[]; default: string | null };

/** Gets the answer to whoever asked; false when they are gone. */
export type Asker = (answer: string) => boolean;

/** What a worker wants to know, one question at a time; the worker's model calls wait while one is open. */
export type Questions = {
  /** Returns what to call when the asker is gone. The same words while the question is open, or unheard, are the same question. */
  ask: (question: Question, asker: Asker) => () => void;
  /** The question that is open, as soon as there is one. */
  opened: () => Promise<Question>;
  /** Resolves when no question is open. */
  closed: () => Promise<void>;
  answer: (text: string) => void;
  /** Answers of before a guest began anew, oldest first, in place of earlier ones: each is given once to whoever asks in the same words. */
  recall: (answered: readonly Answered[]) => void;
  /** Answers that nobody was there for any more, as words for the worker; taken once. */
  takeUnheard: () => string[];
};

export type Answered = { question: string; answer: string };

type Open = { question: Question; askers: Set<Asker> };

export function createQuestions(): Questions {
  const queue: Open[] = [];
  let unheard: Answered[] = [];
  let recalled: Answered[] = [];
  let onOpened: ((question: Question) => void)[] = [];
  let onClosed: (() => void)[] = [];
  const isHeard = (question: Question, asker: Asker): boolean => {
    const known = [...recalled, ...unheard].find((one) => one.question === question.text);
    if (known === undefined || !asker(known.answer)) return false;
    recalled = recalled.filter((one) => one !== known);
    unheard = unheard.filter((one) => one !== known);
    return true;
  };
  const join = (question: Question, asker: Asker): Open => {
    const same = queue.find((open) => open.question.text === question.text);
    const open = same ?? { question, askers: new Set() };
    open.askers.add(asker);
    if (same === undefined) queue.push(open);
    return open;
  };
  return {
    ask: (question, asker) => {
      if (isHeard(question, asker)) return () => {};
      const open = join(question, asker);
      const [first] = queue;
      if (first) for (const tell of onOpened) tell(first.question);
      onOpened = [];
      return () => void open.askers.delete(asker);
    },
    opened: async () => {
      const [first] = queue;
      return first ? first.question : new Promise((resolve) => void onOpened.push(resolve));
    },
    closed: async () => {
      if (queue.length > 0) await new Promise<void>((resolve) => void onClosed.push(resolve));
    },
    answer: (text) => {
      const open = queue.shift();
      if (open === undefined) return;
      // Each of them gets it: a client that asked twice may listen at either end.
      const heard = [...open.askers].map((asker) => asker(text)).includes(true);
      if (!heard) unheard.push({ question: open.question.text, answer: text });
      if (queue.length > 0) return;
      for (const go of onClosed) go();
      onClosed = [];
    },
    recall: (answered) => {
      recalled = [...answered];
    },
    takeUnheard: () => {
      const texts = unheard.map(
        ({ question, answer }) => `You asked: ${question}\nThe person answers: ${answer}`,
      );
      unheard = [];
      return texts;
    },
  };
}
