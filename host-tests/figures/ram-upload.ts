import type { EngineForm } from '../engine/interpreter';
import { bundle, MeasuredBoard } from './measured-board';

/** Room for joining, connecting and the first telemetry. */
const onlineMs = 20_000;

/**
 * JavaScript that has the firmware as a console hands it over: line by line in variables, each evaluated in the global
 * scope once it is whole.
 */
const upload = `
var KIT="kit0",BOOT=1,SAFE=0,GOOD=0,$at=0;
function $ram(){
var f=require("Storage").read("ram"),e=f.indexOf("\\n",$at);
if(e<0)return;
setTimeout(eval,0,f.substr($at,e-$at)+"");$at=e+1;setTimeout($ram,1)}
setTimeout($ram,100);
`;

/** Whether a kit gets online whose firmware was uploaded into RAM, not written to Storage. */
export async function loadsToRam(
  form: EngineForm,
  dist: string,
): Promise<'yes' | 'no, out of memory' | 'no'> {
  const files = { ram: await bundle(dist, 'firmware') };
  const board = await MeasuredBoard.boot(form, files, upload, { telemetryMs: 10_000 });
  try {
    let ended = false;
    void board.interpreter.exited.then(() => (ended = true));
    const online = await board.broker.until(() => ended || board.broker.count('telemetry') > 0, onlineMs);
    if (online && !ended) return 'yes';
    return board.interpreter.lines.some((line) => /OUT OF MEMORY|LOW_MEMORY/.test(line))
      ? 'no, out of memory'
      : 'no';
  } finally {
    await board.stop();
  }
}
