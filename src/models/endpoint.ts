/** Where one model is reached, and how it is spoken of in errors. */
export type Endpoint = {
  /** `provider/id`. */
  id: string;
  provider: string;
  /** The id without the provider: what the provider calls the model. */
  model: string;
  /** Null for the SDK's own. */
  baseUrl: string | null;
  key: string;
  /** Name of the variable that the key came from; empty where none is needed. */
  keyEnv: string;
  /** No byte for this long ends a call. */
  idleMs: number;
};
