/** Whether the sources are at hand: in the bundle of a release, build/release.ts makes this false. */
export const checkout: boolean = true;
