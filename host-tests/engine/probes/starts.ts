import type { Probe } from './probe';

/** What a board prints that starts with these files in its Storage. */
export interface Start extends Omit<Probe, 'code' | 'ms'> {
  files: Record<string, string>;
}

function start(
  title: string,
  files: Record<string, string>,
  prints: string,
  options: Pick<Probe, 'virtual' | 'because'> = {},
): Start {
  return { title, files, prints, ...options };
}

/** Boot files, load(), reset(), modules and code that is evaluated from Storage. */
export const starts: readonly Start[] = [
  start(
    'boot files run in their order',
    { '.boot1': 'print("1")', '.bootcde': 'print("cde")', '.boot0': 'print("0")', '.boot3': 'print("3")' },
    '0\n1\n3\ncde',
  ),
  start('.bootrst hides .bootcde', { '.bootrst': 'print("rst")', '.bootcde': 'print("cde")' }, 'rst'),
  start(
    'what a boot file declares stays for the next',
    { '.boot0': 'let a=1;const b=2;var c=3;function f(){return a+b+c}', '.bootcde': 'print(f(),a,b,c)' },
    '6 1 2 3',
  ),
  start(
    'an error in a boot file ends only that',
    { '.boot0': 'print("before");throw "x";print("never")', '.bootcde': 'print("cde")' },
    'before\nUncaught x\ncde',
  ),
  start(
    'code runs up to where it cannot be parsed',
    { '.boot0': 'print("before");let x=;print("never")', '.bootcde': 'print("cde")' },
    "before\nUncaught SyntaxError: Got ';' expected EOF\ncde",
    {
      virtual: "Uncaught SyntaxError: Unexpected token ';'\ncde",
      because: 'V8 parses a text before it runs any of it',
    },
  ),
  start(
    'code that is cut off runs up to there',
    { '.boot0': 'print("before");if(1){', '.bootcde': 'print("cde")' },
    "before\nUncaught SyntaxError: Got EOF expected '}'\ncde",
    {
      virtual: 'Uncaught SyntaxError: Unexpected end of input\ncde',
      because: 'V8 parses a text before it runs any of it',
    },
  ),
  start(
    'init, then onInit',
    { '.bootcde': 'E.on("init",()=>print("init"));function onInit(){print("onInit")}print("cde")' },
    'cde\ninit\nRunning onInit()...\nonInit',
  ),
  start(
    'an init listener that throws',
    {
      '.bootcde':
        'E.on("init",()=>{throw "x"});E.on("init",()=>print("second"));function onInit(){print("onInit")}print("cde")',
    },
    'cde\nsecond\nUncaught x\nRunning onInit()...\nonInit',
  ),
  start(
    'events and promises wait for the end of all boot code',
    {
      '.boot0':
        'E.on("x",()=>print("x"));E.emit("x");Promise.resolve().then(()=>print("promise"));setTimeout(()=>print("timer"),30)',
      '.bootcde': 'print("cde");E.on("init",()=>print("init"))',
    },
    'cde\ninit\nx\npromise\ntimer',
  ),
  start(
    'an uncaughtException listener hears of boot code',
    { '.bootcde': 'process.on("uncaughtException",e=>print("heard",e));throw "x"' },
    'heard x',
  ),
  start(
    'an uncaughtException listener of an earlier file',
    { '.boot0': 'process.on("uncaughtException",e=>print("heard",e))', '.bootcde': 'print("a");throw "x"' },
    'a\nheard x',
  ),
  start(
    'load of a file starts anew',
    {
      '.bootcde':
        'print("cde");global.n=1;E.on("kill",()=>print("kill"));setTimeout(()=>print("never"),60);setTimeout(()=>{load("other");print("still")},5)',
      other: 'print("other",typeof n)',
    },
    'cde\nstill\nkill\nother undefined',
  ),
  start(
    'load of nothing starts the boot code anew',
    {
      '.bootcde':
        'let f=require("Storage"),n=(f.read("n")||"")+"x";f.write("n",n);print("cde",n);if(n.length<3)setTimeout(()=>load(),5)',
    },
    'cde x\ncde xx\ncde xxx',
  ),
  start(
    'load of a file runs the boot files before it, but not .bootcde',
    {
      '.boot0': 'print("0")',
      '.bootcde': 'print("cde");setTimeout(()=>load("other"),5)',
      other: 'print("other")',
    },
    '0\ncde\n0\nother',
  ),
  start(
    'load of a file that is not there',
    { '.bootcde': 'print("cde");setTimeout(()=>print("never"),60);setTimeout(()=>load("none"),5)' },
    'cde',
  ),
  start(
    'reset forgets everything and runs no .bootcde',
    {
      '.bootcde': 'print("cde");setTimeout(()=>{reset();print("still")},5);setTimeout(()=>print("never"),60)',
    },
    'cde\nstill',
  ),
  start(
    'reset runs .bootrst',
    {
      '.bootrst':
        'print("rst");let f=require("Storage");if(!f.read("n")){f.write("n","1");setTimeout(()=>reset(),5)}',
    },
    'rst\nrst',
  ),
  start(
    'reset runs .boot0',
    {
      '.boot0':
        'print("0");let f=require("Storage");if(!f.read("n")){f.write("n","1");setTimeout(()=>reset(),5)}',
      '.bootcde': 'print("cde")',
    },
    '0\ncde\n0',
  ),
  start(
    'an exception in the pass that asks for load',
    { '.bootcde': 'print("cde");setTimeout(()=>{load("other");throw "lost"},5)', other: 'print("other")' },
    'cde\nUncaught lost\nother',
  ),
  start(
    'a module in Storage is loaded once',
    {
      mod: 'exports.x=5;exports.f=function(){return 7};print("loading")',
      '.bootcde': 'print(require("mod").x,require("mod").f(),require("mod")===require("mod"))',
    },
    'loading\n5 7 true',
  ),
  start(
    'a module that throws',
    {
      mod: 'exports.x=5;throw "bad";exports.y=6',
      '.bootcde':
        'try{print(require("mod").x)}catch(e){print("caught",e)}try{print(require("mod").x)}catch(e){print("caught",e)}',
    },
    'caught bad\n5',
  ),
  start(
    'the variables of a module are its own',
    {
      mod: 'var z=1;let y=2;function w(){}',
      '.bootcde': 'print(JSON.stringify(require("mod")),typeof z,typeof y,typeof w)',
    },
    '{} undefined undefined undefined',
  ),
  start(
    'a module may replace its exports',
    { mod: 'module.exports={b:1}', '.bootcde': 'print(JSON.stringify(require("mod")))' },
    '{"b":1}',
  ),
  start(
    'a module may be removed from the cache',
    {
      mod: 'print("loading")',
      '.bootcde':
        'require("mod");Modules.removeCached("mod");require("mod");Modules.removeAllCached();require("mod")',
    },
    'loading\nloading\nloading',
  ),
  start(
    'eval of a file at the top declares globals',
    {
      fw: 'let l=1;const c=2;var v=3;function f(){return l+c+v}',
      '.bootcde':
        'eval(require("Storage").read("fw"));print(typeof l,typeof c,typeof v,typeof f);setTimeout(()=>print(f()),5)',
    },
    'number number number function\n6',
  ),
  start(
    'eval of a file in a block',
    {
      fw: 'let l=1;var v=3;function f(){return v}',
      '.bootcde': 'if(1){eval(require("Storage").read("fw"))}print(typeof l,typeof v,typeof f)',
    },
    'undefined number function',
    { virtual: 'number number function', because: '`eval` always runs in global scope' },
  ),
  start(
    'eval of a file in a function',
    {
      fw: 'let l=1;var v=3;function f(){return v}',
      '.bootcde':
        'function g(){eval(require("Storage").read("fw"));return typeof f}print(g(),typeof l,typeof v,typeof f)',
    },
    'function undefined undefined undefined',
    { virtual: 'function number number function', because: '`eval` always runs in global scope' },
  ),
  start(
    'the text of a file as a callback declares globals',
    {
      fw: 'let l=1;function f(){return l}',
      '.bootcde':
        'setTimeout(require("Storage").read("fw"),1);setTimeout(()=>print(typeof l,typeof f,f()),20)',
    },
    'number function 1',
  ),
  start(
    'eval as a callback declares globals',
    {
      fw: 'let l=1;function f(){return l}',
      '.bootcde':
        'setTimeout(eval,1,require("Storage").read("fw"));setTimeout(()=>print(typeof l,typeof f,f()),20)',
    },
    'number function 1',
  ),
  start(
    'the text of a file as a callback that throws',
    {
      fw: 'print("fw");throw "x";print("never")',
      '.bootcde': 'setTimeout(require("Storage").read("fw"),1);setTimeout(()=>print("goes on"),20)',
    },
    'fw\nUncaught x\ngoes on',
  ),
  start(
    'a file is chosen by an expression',
    {
      fw0: 'let w="zero"',
      fw1: 'let w="one"',
      '.bootcde': 'let s=require("Storage");eval(s.read("fw"+(s.read("fw1")?1:0)));print(w)',
    },
    'one',
  ),
  start(
    'writing to another file while code runs',
    { '.bootcde': 'print("a");require("Storage").write("x","1");print("b");setTimeout(()=>print("c"),5)' },
    'a\nb\nc',
  ),
  start(
    'replacing the code that runs',
    {
      '.bootcde':
        'print("a");setTimeout(()=>{require("Storage").write(".bootcde","print(2)");print("b")},5);setTimeout(()=>print("c"),20)',
    },
    'a\nUncaught Error: Function code is null, not a string',
    { virtual: 'a\nb\nc', because: 'What was read from Storage is a copy' },
  ),
  start(
    'replacing the code that runs, from code in RAM',
    {
      '.bootcde': `print("a");setTimeout("s=require('Storage');s.write('.bootcde','print(2)');print(3);load()",5)`,
    },
    'a\n3\n2',
  ),
  start(
    'a function called before it is declared',
    { '.bootcde': 'print("a");f();function f(){print("f")}' },
    'a\nUncaught ReferenceError: "f" is not defined',
    { virtual: 'a\nf', because: 'V8 runs more than the interpreter parses' },
  ),
  start(
    'compaction moves the code that runs',
    {
      '.bootcde':
        'let s=require("Storage");s.write("a","1");s.write("a","2");let f=s.getFree();s.compact();print(s.getFree()-f,s.read("a"),s.getStats().trashCount);setTimeout(()=>print("after"),5)',
    },
    'Compacting... \n36 2 0\nafter',
  ),
  start(
    'compaction in front of the code that runs',
    {
      first: 'x'.repeat(50),
      '.bootcde':
        'let s=require("Storage");function g(){return "alive"}s.erase("first");s.compact();print(g());setTimeout(()=>print("after"),5)',
    },
    'Compacting... \nalive\nafter',
  ),
];
