import { DomainError } from "./errors.js";

/** Why a call was aborted whose caller hung up: nobody's failure, and nobody is there to read it. */
export class ClientGone extends DomainError {
  constructor() {
    super("BAD_USER_INPUT", "The client went away.");
  }
}
