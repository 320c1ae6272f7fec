import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from '../../build/root';
import { compareVariables, readBudget } from '../figures/budget';
import { textFigures, withVariables } from '../figures/figures';
import { deepest, instrumentedFirmware } from '../figures/instrumented';
import { nestedCallsMax } from '../figures/nested-calls';
import { exercise, measureVariables } from '../figures/phases';
import { findForms } from './interpreter';

const dist = join(root, 'dist');
const forms = (await findForms(process.env)).filter(({ chip }) => chip === 'esp8266');

describe.each(forms)('$name on $chip, $variables variables', (form) => {
  test('the variables are what budget.json says', async () => {
    const now = withVariables(await textFigures(dist), await measureVariables(form, dist));
    expect(compareVariables(await readBudget(), now)).toEqual([]);
  });

  test(`no event takes more than ${nestedCallsMax} nested calls`, async () => {
    const firmware = await instrumentedFirmware();
    const path = deepest(firmware, await exercise(form, dist, firmware.code));
    expect(path.length).toBeGreaterThan(3);
    expect(path.length > nestedCallsMax ? path.join(' > ') : '').toBe('');
  });
});
