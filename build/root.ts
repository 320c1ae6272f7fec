import { fileURLToPath } from 'node:url';

/** The folder of package.json, whatever the current folder is; ends with a separator. */
export const root = fileURLToPath(new URL('..', import.meta.url));
