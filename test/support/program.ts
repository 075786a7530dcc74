import process from "node:process";
import { fileURLToPath } from "node:url";

export const programVariable = "AGENTX_TEST_PROGRAM";

export const mainSource: string = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

/** What node is given to run agentx: as it is installed where `build-program.ts` has built it, or from its sources. */
export const program: string = process.env[programVariable] ?? mainSource;
