// All that is called of the SDK: the bundle leaves out the rest, three quarters of it.
export { BaseAnthropic } from "@anthropic-ai/sdk";
