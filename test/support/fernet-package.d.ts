/** The npm package `fernet`, which brings no types: the second opinion on our tokens. */
declare module "fernet" {
  class Secret {
    constructor(secret: string);
  }
  class Token {
    constructor(options: { secret: Secret; token?: string; ttl?: number; time?: Date });
    encode(plaintext: string): string;
    decode(): string;
  }
  const fernet: { Secret: typeof Secret; Token: typeof Token };
  export = fernet;
}
