import { describeDispatches } from "../dispatch-suite.ts";
import { guestSetups } from "../guest-project.ts";

describeDispatches(guestSetups["codex"]!);
