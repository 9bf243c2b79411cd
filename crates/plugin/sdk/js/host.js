// What Tidegate offers inside a component. Under Node, `host.node.js` stands in its place.
import { send } from 'tidegate:check/http@0.1.0';
import { find, read } from 'tidegate:check/files@0.1.0';
import { page } from 'tidegate:check/recorded@0.1.0';
import { write } from 'tidegate:check/log@0.1.0';

export const host = { send, find, read, page, write };

/** Whether this is the engine of a component, which lacks much of what Node has. */
export const bare = true;
