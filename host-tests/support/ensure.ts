/** As `expect`, for what is checked millions of times: `expect` takes some microseconds. */
export function ensure(kept: boolean, what: string): void {
  if (!kept) throw new Error(what);
}
