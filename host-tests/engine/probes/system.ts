import { type Subject, probe } from './probe';

/** `E`, `process`, modules, and pins without anything soldered to them. */
export const system: Subject = {
  name: 'E, process, pins',
  probes: [
    probe(
      'process.memory(false) tells of variables without collecting',
      'let m=process.memory(false);print(m.free+m.usage===m.total,typeof m.history,typeof m.blocksize,"gc" in m,m.free>0)',
      'true number number false true',
    ),
    probe(
      'process.memory() collects',
      'let m=process.memory();print(m.free+m.usage===m.total,typeof m.gc,typeof m.gctime)',
      'true number number',
    ),
    probe(
      'the fields of process.memory(false)',
      'let k=Object.keys(process.memory(false));print(k.slice(0,4).join(),k.indexOf("blocksize")>0)',
      'free,usage,total,history true',
    ),
    probe(
      'process.version and process.env',
      'print(process.version.substr(0,4),process.env.VERSION===process.version,typeof process.env.BOARD,typeof process.env.MODULES,typeof process.env.SERIAL)',
      '2v29 true string string string',
    ),
    probe('getSerial is the serial of process.env', 'print(getSerial()===process.env.SERIAL)', 'true'),
    probe('error flags are told once', 'E.getErrorFlags();print(JSON.stringify(E.getErrorFlags()))', '[]'),
    probe(
      'require of what is not there',
      'let r;try{r=require("no such module")}catch(e){r=e.toString()}print(r)',
      'Error: Module "no such module" not found',
    ),
    probe('require gives the same each time', 'print(require("Storage")===require("Storage"))', 'true'),
    probe(
      'a module of text',
      'Modules.addCached("probe1","exports.x=5");print(require("probe1").x,Modules.getCached().indexOf("probe1")>=0);Modules.removeCached("probe1")',
      '5 true',
    ),
    probe(
      'a module of a function',
      'Modules.addCached("probe2",function(){exports.y=6});print(require("probe2").y);Modules.removeCached("probe2")',
      '6',
    ),
    probe('pins are numbers', 'print(D4==4,D4+1,typeof D4,JSON.stringify([D4==4]))', 'true 5 number [true]'),
    probe('Pin', 'print(Pin("D4")==4,Pin(4)==4,Pin("nonsense"),Pin(99))', 'true true undefined undefined'),
    probe(
      'pin by name, by number and as a text',
      'digitalWrite(4,1);print(digitalRead("D4")==digitalRead(4),typeof digitalRead(D4))',
      'true number',
    ),
    probe(
      'pins that do not exist',
      'let r="";for(let x of [99,-1,undefined,null,"4","GPIO4",4.5])try{digitalWrite(x,1);r+="taken "}catch(e){r+=e+" "}print(r)',
      'Error: Invalid pin Error: Invalid pin Error: Invalid pin Error: Invalid pin Error: Invalid pin Error: Invalid pin Error: Invalid pin ',
    ),
    probe(
      'a pin number that was computed',
      'let r="";for(let x of [8/2,2*2,"4"*1,JSON.parse("4"),4.0,(8/2)|0])try{digitalWrite(x,1);r+="taken "}catch(e){r+=e+" "}print(r)',
      'Error: Invalid pin taken Error: Invalid pin taken Error: Invalid pin taken ',
      {
        virtual: 'taken taken taken taken taken taken ',
        because: 'A whole number is a pin however it was made',
      },
    ),
    probe(
      'pinMode of an unknown mode',
      'let r;try{pinMode(4,"nonsense");r="taken"}catch(e){r=e.toString()}print(r)',
      'Error: Unknown pin mode',
    ),
    probe(
      'getPinMode',
      'pinMode(4,"output");let a=getPinMode(4);pinMode(4,"input");print(a,getPinMode(4))',
      'output input',
    ),
    probe('pinMode without a mode lets go', 'pinMode(5,"output");pinMode(5);print(getPinMode(5))', 'output'),
    probe(
      'pins have methods',
      'pinMode(D4,"output");D4.write(1);D4.set();D4.reset();print(D4.getMode(),typeof D4.read())',
      'output boolean',
    ),
    probe('arrays of pins', 'digitalWrite([4,5],2);print(typeof digitalRead([4,5]))', 'number'),
    probe(
      'setWatch gives numbers',
      'let a=setWatch(()=>{},4,{edge:"falling"});let b=setWatch(()=>{},5);print(typeof a,b-a);clearWatch(a);clearWatch(b)',
      'number 1',
    ),
    probe(
      'setWatch of an unknown edge',
      'let r;try{setWatch(()=>{},4,{edge:"sideways"});r="taken"}catch(e){r=e.toString()}print(r);clearWatch()',
      "TypeError: 'edge' in setWatch should be 1, -1, 0, 'rising', 'falling' or 'both'",
    ),
    probe(
      'setWatch of what is no function',
      'let r;try{r=setWatch(5,4);r="taken "+r}catch(e){r=e.toString()}print(r);clearWatch()',
      'Error: Function or String not supplied!',
    ),
    probe(
      'clearWatch of undefined and of an unknown id',
      'let r="";for(let x of [undefined,9999,null])try{r+=clearWatch(x)+" "}catch(e){r+=e+" "}print(r)',
      'Error: clearWatch(undefined) not allowed. Use clearWatch() instead Error: Unknown Watch 9999 Error: Unknown Watch null ',
    ),
    probe(
      'I2C: an unknown option',
      'let r;try{I2C1.setup({SCL:5,SDA:4});r="taken"}catch(e){r=e.toString()}print(r)',
      'Error: Unknown option "SCL"',
    ),
    probe(
      'I2C: an option object and nothing given back',
      'print(I2C1.setup({scl:5,sda:4,bitrate:400000}))',
      'undefined',
    ),
    probe(
      'digitalPulse of a negative time',
      'let r;try{digitalPulse(4,1,-5);r="taken"}catch(e){r=e.toString()}print(r)',
      'Error: Pulse Time is less than 0 or not a number',
    ),
    probe(
      'digitalPulse of a text',
      'let r;try{digitalPulse(4,1,"x");r="taken"}catch(e){r=e.toString()}print(r)',
      'taken',
    ),
    probe(
      'E.enableWatchdog and E.kickWatchdog give nothing',
      'print(typeof E.enableWatchdog,typeof E.kickWatchdog,typeof E.reboot,typeof E.setBootCode)',
      'function function function function',
    ),
    probe(
      'E.on takes errorFlag and kill',
      'E.on("errorFlag",()=>{});E.on("kill",()=>{});print("fine");E.removeAllListeners("errorFlag");E.removeAllListeners("kill")',
      'fine',
    ),
    probe('E.clip', 'print(E.clip(5,0,3),E.clip(-1,0,3),E.clip(2,0,3))', '3 0 2'),
    probe(
      'getTime has microseconds',
      'let t=getTime();print(t>0,Math.round(t*1e6)/1e6==t||Math.abs(Math.round(t*1e6)/1e6-t)<1e-6)',
      'true true',
    ),
    probe('Date.now is getTime in ms', 'print(Math.abs(Date.now()-getTime()*1000)<5)', 'true'),
    probe('Date.now has fractions', 'setTimeout(()=>print(Date.now()%1!=0),1.3)', 'true', { ms: 20 }),
    probe(
      'objects of functions',
      'print(typeof E,typeof Math,typeof JSON,typeof process,typeof console,typeof Modules,typeof I2C1,typeof Graphics,typeof require("Storage"),typeof global)',
      'function function function function function function object function function object',
      {
        virtual: 'object object object object object object object object object object',
        because: "`typeof` is V8's",
      },
    ),
    probe(
      'console functions',
      'print(typeof console.log,typeof console.debug,typeof console.warn,typeof console.info,typeof console.error,typeof echo)',
      'function function function function function function',
    ),
    probe(
      'what Espruino lacks',
      'print(typeof Map,typeof Set,typeof Symbol,typeof Proxy,typeof Promise,typeof setImmediate,typeof queueMicrotask,typeof BigInt,typeof RangeError,typeof URL,typeof TextEncoder)',
      'undefined undefined undefined undefined function undefined undefined undefined undefined undefined undefined',
    ),
    probe(
      'what its arrays, texts and numbers lack',
      'print(typeof [].flat,typeof [].at,typeof [].lastIndexOf,typeof [].entries,typeof "".at,typeof "".trimStart,typeof "".matchAll,typeof (5).toPrecision,typeof Math.trunc,typeof Math.hypot,typeof Number.isInteger,typeof Array.from,typeof Object.freeze)',
      'undefined undefined undefined undefined undefined undefined undefined undefined undefined undefined undefined undefined undefined',
    ),
    probe(
      'what its arrays, texts and numbers have',
      'print(typeof [].fill,typeof [].findIndex,typeof [].reduce,typeof "".padStart,typeof "".replaceAll,typeof "".repeat,typeof Math.sign,typeof Math.wrap,typeof Object.entries,typeof Object.assign,typeof E.toString,typeof E.CRC32,typeof E.hwRand)',
      'function function function function function function function function function function function function function',
    ),
    probe(
      'globals of the language',
      'print(typeof globalThis,globalThis===global,typeof parseInt,typeof isNaN,typeof atob,typeof eval,typeof print,typeof require,typeof HIGH,typeof setTime)',
      'object true function function function function function function number function',
    ),
    probe(
      'a global made and read back',
      'global.probeG=7;print(probeG,"probeG" in global);delete global.probeG;print(typeof probeG)',
      '7 true\nundefined',
    ),
    probe('E.toJS of a text that is code', String.raw`print(E.toJS({f:"a\"b\n"}))`, String.raw`{f:"a\"b\n"}`),
  ],
};
