/** `npm run test:engine`: what the tests say of the virtual board, on the real interpreter. */
import { startVitest } from 'vitest/node';
import { findForms, noInterpreter, NotAnInterpreter } from './interpreter';

try {
  const forms = await findForms(process.env);
  if (forms.length === 0) {
    console.log(noInterpreter);
    process.exit(0);
  }
  for (const { chip, name, variables, path } of forms)
    console.log(`${chip} ${name}, ${variables} variables: ${path}`);
  // Words after the script's name choose files: `npm run test:engine -- hostile`.
  const vitest = await startVitest('test', process.argv.slice(2), {
    config: 'vitest.engine.config.ts',
    watch: false,
  });
  await vitest.close();
} catch (error) {
  if (!(error instanceof NotAnInterpreter)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
