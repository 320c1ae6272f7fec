import { TerminalView } from '../../cli/view/terminal-view';
import { modelOf } from './view/fixture';

/** A view in whose process something fails: what terminal.test.ts runs to see the terminal restored. */
new TerminalView(modelOf({}), process, () => undefined);
setImmediate(() => {
  throw new Error('as an unforeseen error would');
});
