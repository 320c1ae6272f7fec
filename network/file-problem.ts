const words: Readonly<Record<string, string>> = {
  ENOSPC: 'no space left on the disk',
  EDQUOT: 'no space left for this user',
  EACCES: 'not allowed',
  EPERM: 'not allowed',
  EROFS: 'the disk is read-only',
  ENOENT: 'there is no such folder',
  ENOTDIR: 'there is a file where its folder should be',
  EEXIST: 'there is a file where its folder should be',
  EISDIR: 'it is a folder',
};

/** `cannot write FILE: no space left on the disk`, out of what the system said. */
export function writeProblem(file: string, error: unknown): Error {
  return new Error(`cannot write ${file}: ${why(error)}`);
}

/** `cannot read FILE: not allowed`, likewise. */
export function readProblem(file: string, error: unknown): Error {
  return new Error(`cannot read ${file}: ${why(error)}`);
}

function why(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return words[code] ?? message;
}
