import { mail } from "./mail.js";
import { payments } from "./payments.js";
import { store } from "./store.js";

// Imported by a page, and so all of it is shipped.
export const server = { mail, payments, store };
