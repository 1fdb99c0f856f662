/** Where this room reports what a person running the server should know. Never receives values, keys or passwords. */
export type Log = (message: string, fields?: Readonly<Record<string, unknown>>) => void;
