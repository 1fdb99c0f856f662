import { thinking, ticking } from "./model-behaviours.js";
import { startModelUpstream } from "./model-upstream.js";

/** A provider in a process of its own, so that neither side of a comparison shares its thread. */
const upstream = await startModelUpstream();
upstream.behave("thinking", thinking);
upstream.behave("ticking", ticking);
console.log(JSON.stringify({ msg: "listening", url: upstream.url }));
process.on("SIGTERM", () => process.exit(0));
