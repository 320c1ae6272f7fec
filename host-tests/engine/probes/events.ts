import { type Subject, probe } from './probe';

/** `emit`, promises, and exceptions that nobody catches. */
export const events: Subject = {
  name: 'events',
  probes: [
    probe(
      'emit waits until the code has ended',
      'let o={};o.on("e",x=>print("heard",x));o.emit("e",1);print("after")',
      'after\nheard 1',
    ),
    probe(
      'listeners hear in the order they were added',
      'let o={};o.on("e",()=>print(1));o.on("e",()=>print(2));o.prependListener("e",()=>print(0));o.emit("e")',
      '0\n1\n2',
    ),
    probe(
      'events of several objects come in the order of emit',
      'let a={},b={};a.on("e",()=>print("a"));b.on("e",()=>print("b"));b.emit("e");a.emit("e");b.emit("e")',
      'b\na\nb',
    ),
    probe(
      'what a listener emits comes after what is queued',
      'let o={};o.on("x",()=>{print("x1");o.emit("y")});o.on("x",()=>print("x2"));o.on("y",()=>print("y"));o.on("z",()=>print("z"));o.emit("x");o.emit("z")',
      'x1\nx2\nz\ny',
    ),
    probe(
      'a listener added after emit is not called',
      'let o={};o.on("e",()=>print("first"));o.emit("e");o.on("e",()=>print("second"))',
      'first',
    ),
    probe(
      'the first listener added after emit is not called',
      'let o={};o.emit("e");o.on("e",()=>print("never"));print("done")',
      'done',
    ),
    probe(
      'a listener removed after emit',
      'let o={};function f(){print("called")}function g(){print("other")}o.on("e",f);o.on("e",g);o.emit("e");o.removeListener("e",f)',
      'other',
    ),
    probe(
      'the only listener removed after emit',
      'let o={};function f(){print("called")}o.on("e",f);o.emit("e");o.removeListener("e",f);print("done")',
      'done',
    ),
    probe(
      'all listeners removed after emit',
      'let o={};o.on("e",()=>print("called"));o.on("e",()=>print("too"));o.emit("e");o.removeAllListeners("e");print("done")',
      'done\ncalled\ntoo',
    ),
    probe(
      'a listener that removes itself',
      'let o={};function f(){print("f");o.removeListener("e",f)}o.on("e",f);o.on("e",()=>print("g"));o.emit("e");o.emit("e")',
      'f\ng\ng',
    ),
    probe(
      'a listener that removes the next one',
      'let o={};function g(){print("g")}o.on("e",()=>{print("f");o.removeListener("e",g)});o.on("e",g);o.emit("e")',
      'f\ng',
    ),
    probe(
      'a listener that throws does not stop the next',
      'let o={};o.on("e",()=>{throw new Error("one")});o.on("e",()=>print("two"));o.emit("e")',
      'two\nUncaught Error: one',
    ),
    probe(
      'arguments: four at most',
      'let o={};o.on("e",function(){let r="";for(let x of arguments)r+=x;print(r)});o.emit("e",1,2,3,4);try{o.emit("e",1,2,3,4,5)}catch(e){print(e.toString())}',
      'TypeError: Too many arguments (>4)\n1234\n1234',
    ),
    probe(
      'this in a listener',
      'let o={n:5};o.on("e",function(){print(this===o,this.n)});o.emit("e")',
      'true 5',
    ),
    probe(
      'the same listener added twice',
      'let o={};function f(){print("f")}o.on("e",f);o.on("e",f);o.emit("e");o.removeListener("e",f);o.emit("e")',
      'f\nf',
    ),
    probe(
      'removeAllListeners without a name',
      'let o={};o.on("a",()=>print("a"));o.on("b",()=>print("b"));o.removeAllListeners();o.emit("a");o.emit("b");print("done")',
      'done',
    ),
    probe(
      'removing what never listened',
      'let o={};o.removeListener("e",print);o.removeAllListeners("e");print("fine")',
      'fine',
    ),
    probe('a listener given as a text', String.raw`let o={};o.on("e","print(\"text\")");o.emit("e")`, 'text'),
    probe(
      'what cannot be a listener',
      'let o={},r="";for(let x of [5,undefined,null,{}])try{o.on("e",x);r+="taken "}catch(e){r+=e+" "}print(r)',
      'TypeError: Second argument must be a function or a String TypeError: Second argument must be a function or a String TypeError: Second argument must be a function or a String TypeError: Second argument must be a function or a String ',
    ),
    probe(
      'a name that is no text',
      'let o={},r="";for(let x of [5,undefined,null])try{o.on(x,print);r+="taken "}catch(e){r+=e+" "}print(r)',
      'TypeError: First argument must be String TypeError: First argument must be String TypeError: First argument must be String ',
    ),
    probe(
      'events on an array and on a function',
      'let a=[1];a.on("e",()=>print("a"));a.emit("e");function f(){}f.on("e",()=>print("f"));f.emit("e");print(a.length,JSON.stringify(a))',
      '1 [1]\na\nf',
    ),
    probe(
      'events on a text and on a number',
      'let r="";for(let x of ["s",5])try{x.on("e",print);r+="taken "}catch(e){r+=e+" "}print(r)',
      'TypeError: Parent must be an object - not a String, Integer, etc TypeError: Parent must be an object - not a String, Integer, etc ',
    ),
    probe(
      'listeners are no fields of the object',
      'let o={a:1};o.on("e",()=>{});print(JSON.stringify(o),Object.keys(o).join())',
      '{"a":1,"#one":[undefined]} a,#one',
      { virtual: '{"a":1} a', because: "Keys are V8's" },
    ),
    probe(
      'events on global objects',
      'E.on("probe",x=>print("E",x));E.emit("probe",1);process.on("probe",x=>print("process",x));process.emit("probe",2);E.removeAllListeners("probe");process.removeAllListeners("probe")',
      'E 1\nprocess 2',
    ),
    probe(
      'on, emit and the others give back',
      'let o={};print(o.on("e",()=>{}),o.emit("e"),o.removeListener("e",print),o.removeAllListeners())',
      'undefined undefined undefined undefined',
    ),
    probe('addListener is on', 'let o={};o.addListener("e",()=>print("heard"));o.emit("e")', 'heard'),
    probe('an event without listeners', 'let o={};print(o.emit("e",1,2))', 'undefined'),
    probe(
      'an uncaught error in a listener is printed',
      'let o={};o.on("e",()=>{throw "text"});o.on("f",()=>{throw 5});o.on("g",()=>{throw {a:1}});o.emit("e");o.emit("f");o.emit("g")',
      'Uncaught [object Object]',
    ),
    probe(
      'uncaughtException hears instead of the console',
      'process.on("uncaughtException",e=>print("heard",e.toString()));setTimeout(()=>{throw new Error("x")},1);setTimeout(()=>process.removeAllListeners("uncaughtException"),20)',
      'heard Error: x',
      { ms: 40 },
    ),
    probe(
      'an uncaughtException handler that throws',
      'process.on("uncaughtException",e=>{print("heard "+e);throw "again"});setTimeout(()=>{throw "x"},1);setTimeout(()=>process.removeAllListeners("uncaughtException"),20)',
      'heard x\nUncaught again',
      { ms: 40 },
    ),
    probe(
      'two uncaughtException handlers',
      'process.on("uncaughtException",e=>print("one",e));process.on("uncaughtException",e=>print("two",e));setTimeout(()=>{throw "x"},1);setTimeout(()=>process.removeAllListeners("uncaughtException"),20)',
      'one x\ntwo x',
      { ms: 40 },
    ),
    probe(
      'an uncaught error in a queued event, and the next event',
      'let o={};o.on("a",()=>nobody());o.on("b",()=>print("b"));o.emit("a");o.emit("b")',
      'b\nUncaught ReferenceError: "nobody" is not defined',
      {
        virtual: 'b\nUncaught ReferenceError: nobody is not defined',
        because: "What throws, and with which text, is V8's",
      },
    ),
    probe(
      'a promise waits for the end of the code',
      'Promise.resolve(1).then(x=>print("then",x));print("after")',
      'after\nthen 1',
    ),
    probe(
      'promises and events share one queue',
      'let o={};o.on("e",()=>print("e"));Promise.resolve().then(()=>print("p1"));o.emit("e");Promise.resolve().then(()=>print("p2"))',
      'e\np1\np2',
    ),
    probe(
      'an uncaught error before a promise reacts in the same pass',
      'let o={};o.on("a",()=>{throw "lost"});o.emit("a");Promise.resolve(1).then(x=>print("then",x),e=>print("no",e))',
      'then 1\nUncaught Error: Unhandled promise rejection: lost',
      { virtual: 'then 1\nUncaught lost', because: 'An exception that nobody caught is not caught later' },
    ),
    probe(
      'an uncaught error before a try in the same pass',
      'let o={};o.on("a",()=>{throw "lost"});o.on("b",()=>{try{print("fine")}catch(e){print("caught",e)}});o.emit("a");o.emit("b")',
      'fine\nUncaught undefined',
      { virtual: 'fine\nUncaught lost', because: 'An exception that nobody caught is not caught later' },
    ),
    probe(
      'an uncaught error in a timer, and a promise that reacts in the same pass',
      'setTimeout(()=>{Promise.resolve(1).then(x=>print("then",x),e=>print("no",e));throw "lost"},5)',
      'then 1\nUncaught Error: Unhandled promise rejection: lost',
      {
        ms: 30,
        virtual: 'then 1\nUncaught lost',
        because: 'An exception that nobody caught is not caught later',
      },
    ),
    probe(
      'a chain of then',
      'Promise.resolve(1).then(x=>x+1).then(x=>{print(x);throw "bad"}).catch(e=>{print(e);return 5}).then(x=>print(x))',
      '2\nbad\n5',
    ),
    probe(
      'two chains take turns',
      'let a=Promise.resolve();a.then(()=>print("a1")).then(()=>print("a2"));let b=Promise.resolve();b.then(()=>print("b1")).then(()=>print("b2"))',
      'a1\nb1\na2\nb2',
    ),
    probe(
      'a promise resolved later',
      'new Promise(r=>setTimeout(()=>{print("resolve");r(7);print("resolved")},5)).then(x=>print(x))',
      'resolve\nresolved\n7',
      { ms: 40 },
    ),
    probe(
      'a promise resolved with a promise',
      'new Promise(r=>r(Promise.resolve(3))).then(x=>print(x))',
      '3',
    ),
    probe(
      'a promise settled twice',
      'new Promise((a,b)=>{a(1);a(2);b(3)}).then(x=>print("ok",x)).catch(x=>print("no",x))',
      'ok 1',
    ),
    probe(
      'then after it was settled',
      'let p=Promise.resolve("v");setTimeout(()=>p.then(x=>print(x)),5)',
      'v',
      { ms: 40 },
    ),
    probe(
      'two then on one promise',
      'let p=Promise.resolve(1);p.then(x=>print("a",x));p.then(x=>print("b",x))',
      'a 1\nb 1',
    ),
    probe(
      'then with what is no function',
      'Promise.resolve(1).then(undefined).then(x=>print(x));Promise.reject(2).then(x=>print("never")).catch(x=>print("no",x))',
      '1\nno 2',
    ),
    probe(
      'a rejection that nobody takes',
      'Promise.reject("alone");Promise.reject(new Error("error"))',
      'Uncaught Error: Unhandled promise rejection: Error: error',
    ),
    probe(
      'a rejection that is taken later',
      'let p=Promise.reject("x");setTimeout(()=>p.catch(e=>print("late",e)),5)',
      'Uncaught Error: Unhandled promise rejection: x\nlate x',
      { ms: 40 },
    ),
    probe(
      'an error in the executor',
      'new Promise((a,b)=>{throw "x"}).catch(e=>print("caught",e))',
      'caught x',
    ),
    probe(
      'Promise.all',
      'Promise.all([Promise.resolve(1),2,new Promise(r=>setTimeout(r,5,3))]).then(x=>print(x.join()))',
      '1,2,3',
      { ms: 40 },
    ),
    probe(
      'Promise.all of nothing and with a rejection',
      'Promise.all([]).then(x=>print("none",x.length));Promise.all([Promise.resolve(1),Promise.reject("r")]).then(()=>print("never")).catch(e=>print(e))',
      'none 0\nr',
    ),
    probe(
      'E.on init is over',
      'E.on("init",()=>print("never"));print("fine");E.removeAllListeners("init")',
      'fine',
    ),
    probe('errors flagged', 'print(E.getErrorFlags().length,Array.isArray(E.getErrorFlags()))', '0 true'),
  ],
};
