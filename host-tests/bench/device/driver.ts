/**
 * JavaScript around the prelude that makes a run countable: time is virtual, and the interpreter never sleeps but goes
 * round its idle loop a given number of times, so that two runs differ by what happened in them and by nothing else.
 */

/** While the board boots and gets online, every so many idle passes half a second is over. */
const tickPasses = 12;
export const bootPasses = 24 * tickPasses;
/** The console tells that so many passes are over. */
export const markPasses = 8;
export const mark = '\x03';
/** The C function that is called where counting begins and where it ends, and by nothing else. */
export const boundary = 'jswrap_io_peek';

export interface Plan {
  /** Statements that run in each counted pass; `$n` numbers these passes from 0. */
  each?: string;
  /** How often the statements do what is measured, as `$N`. */
  times: number;
  /** How many passes are counted. */
  passes: number;
}

/** Boot code in front of the loader. The Linux form's own I2C, which it keeps, converts everything and sends nothing. */
export function standIns(prelude: string, { each = '', times, passes }: Plan): string {
  return `
var $i2r=I2C1;
${prelude}
I2C1=$i2r;
var $T=1,$N=${times},$tik=function(){},$opn=function(){},$i=0,$n=-${bootPasses},$st=setTimeout,$q=[],$adr=E.getAddressOf(global,false);
function $nop(){}
${/* Handed on in the next pass: a tenth of a millisecond, the shortest there is, must be over in the one after that. */ ''}
function setTimeout(f,t,a){if(t<5000)$q.push(f,a);return 1e6}
${/* The tick, and what opens the sockets of an echo. */ ''}
function setInterval(f,t){if(t==100)$tik=f;else if(t==5000)$opn=f;return 1}
function clearInterval(){}
function changeInterval(){}
function getTime(){return $T}
function $go(){
if($n==-1)$mov();
if(!$n)peek8($adr);
if($n<${passes})$st($go,0);else{peek8($adr);quit()}
while($q.length)$st($q.shift(),0,$q.shift());
if($n<0){if($n%${tickPasses}==0){$T+=0.5;for($i=0;$i<10;$i++)$tik();$opn()}}
else{${each}}
if(++$n%${markPasses}==0)print("${mark}");
}
${/* A name is looked for from the first global on: these are put behind the firmware's, which a chip has for itself. */ ''}
function $mov(){for(var k of Object.keys(global))if(k[0]=="$"){var v=global[k];delete global[k];global[""+k]=v}}
$st($go,0);
`.replace(/\n+/g, '\n');
}
