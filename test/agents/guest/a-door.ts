import { createServer } from "node:http";
import type { DoorOptions, OpenDoor, UpstreamFailure } from "../../../src/agents/guest/door.ts";
import type { AttemptFailure } from "../../../src/core/event.ts";

/** A door with a real socket and no models behind it: what the gateway would say is set by the test. */
export type TestDoor = {
  open: OpenDoor;
  /** Of every time that it was opened. */
  opened: DoorOptions[];
  isOpen: () => boolean;
  refusal: AttemptFailure | null;
  lastFailure: UpstreamFailure | null;
  calls: number;
};

export function createTestDoor(): TestDoor {
  let servers = 0;
  const door: TestDoor = {
    opened: [],
    isOpen: () => servers > 0,
    refusal: null,
    lastFailure: null,
    calls: 0,
    open: async (options) => {
      door.opened.push(options);
      const server = createServer((request, response) => {
        if (options.handle(request, response)) return;
        void options.ready().then(() => {
          door.calls += 1;
          response.end("{}");
        });
      });
      await new Promise<void>((resolve, reject) => {
        server.once("error", reject).listen(options.socket, resolve);
      });
      servers += 1;
      return {
        refusal: () => door.refusal,
        lastFailure: () => door.lastFailure,
        calls: () => door.calls,
        close: async () => {
          server.closeAllConnections();
          await new Promise((resolve) => void server.close(resolve));
          servers -= 1;
        },
      };
    },
  };
  return door;
}
