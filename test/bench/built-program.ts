import { fileURLToPath } from "node:url";

/** The program as it is installed. It is started as it is, not by `node`: what it begins with says how Node is to be started. */
export const builtProgram: string = fileURLToPath(new URL("../../dist/agentx.cjs", import.meta.url));
