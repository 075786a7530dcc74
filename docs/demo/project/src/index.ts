// All that users of the library may import.
export { createStore, type Link, type Store } from "./store.ts";
