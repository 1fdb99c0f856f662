import { randomInt } from "node:crypto";

let last = randomInt(6_000_000, 9_000_000);

/** A number no other test uses, nor any that is written out in one: from +1 415 600 0000 on, one after the other. */
export const newPhone = () => `+1415${++last}`;
