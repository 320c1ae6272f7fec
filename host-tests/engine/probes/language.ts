import { type Probe, type Subject, probe } from './probe';

/** Prints what an expression gives, or what it throws. */
function tried(
  title: string,
  expression: string,
  prints: string,
  options?: Pick<Probe, 'virtual' | 'because'>,
): Probe {
  return probe(title, `let r;try{r=${expression}}catch(e){r=e.toString()}print(r)`, prints, options);
}

/** Scopes, functions, errors, loops and the objects of the language. */
export const language: Subject = {
  name: 'language',
  probes: [
    probe(
      'functions made in a for-of loop share one variable',
      'let f=[];for(let x of [1,2,3])f.push(()=>x);print(f.map(g=>g()).join())',
      '3,3,3',
      { virtual: '1,2,3', because: 'V8 runs more than the interpreter parses' },
    ),
    probe(
      'functions made in a for loop share one variable',
      'let f=[];for(let i=0;i<3;i++)f.push(function(){return i});print(f.map(g=>g()).join())',
      '3,3,3',
      { virtual: '0,1,2', because: 'V8 runs more than the interpreter parses' },
    ),
    probe(
      'a let in the body of a loop is a new one each time',
      'let f=[];for(let i of [1,2,3]){let x=i;f.push(()=>x)}print(f.map(g=>g()).join())',
      '1,2,3',
    ),
    probe(
      'a parameter is a new one each time',
      'let f=[];[1,2,3].forEach(function(x){f.push(()=>x)});print(f.map(g=>g()).join())',
      '1,2,3',
    ),
    probe(
      'functions are not hoisted',
      'let r;try{r=later();function later(){return 1}}catch(e){r=e.toString()}print(r)',
      'ReferenceError: "later" is not defined',
      { virtual: '1', because: 'V8 runs more than the interpreter parses' },
    ),
    probe(
      'a function that is defined later may be called later',
      'function a(){return b()}function b(){return 2}print(a())',
      '2',
    ),
    probe('var is known from the start of the function', 'let r=typeof v;var v=1;print(r,v)', 'undefined 1'),
    probe(
      'a let is not known before its line',
      'let r;try{r=q}catch(e){r="thrown"}let q=1;print(r,q)',
      'thrown 1',
    ),
    probe('a block has variables of its own', 'let a=1;{let a=2;const b=3}print(a,typeof b)', '1 undefined'),
    probe(
      'an inner variable hides an outer one',
      'let a=1;function f(){let a=2;return a}print(f(),a)',
      '2 1',
    ),
    probe(
      'a constant stays',
      'const c=1;let r="kept";try{c=2}catch(e){r=e.toString()}print(r,c)',
      'TypeError: Assignment to a constant 1',
      {
        virtual: 'TypeError: Assignment to constant variable. 1',
        because: "What throws, and with which text, is V8's",
      },
    ),
    probe(
      'a name that nobody has declared becomes global',
      'function f(){undeclared=5}f();print(undeclared,global.undeclared);delete global.undeclared',
      '5 5',
    ),
    tried('reading a name that nobody has declared', 'nobody', 'ReferenceError: "nobody" is not defined', {
      virtual: 'ReferenceError: nobody is not defined',
      because: "What throws, and with which text, is V8's",
    }),
    tried('reading a field of undefined', 'undefined.x', "Error: Can't read property 'x' of undefined", {
      virtual: "TypeError: Cannot read properties of undefined (reading 'x')",
      because: "What throws, and with which text, is V8's",
    }),
    tried('reading a field of null', 'null.x', "Error: Can't read property 'x' of null", {
      virtual: "TypeError: Cannot read properties of null (reading 'x')",
      because: "What throws, and with which text, is V8's",
    }),
    tried('reading a field of a missing field', '({}).a.b', "Error: Can't read property 'b' of undefined", {
      virtual: "TypeError: Cannot read properties of undefined (reading 'b')",
      because: "What throws, and with which text, is V8's",
    }),
    tried('calling what is no function', '(5)()', 'Error: Expecting function, got Number', {
      virtual: 'TypeError: 5 is not a function',
      because: "What throws, and with which text, is V8's",
    }),
    tried('calling a missing method', '({}).nothing()', 'Error: Function "nothing" not found!', {
      virtual: 'TypeError: {}.nothing is not a function',
      because: "What throws, and with which text, is V8's",
    }),
    tried('calling a missing method of a text', '"abc".nothing()', 'Error: Function "nothing" not found!', {
      virtual: 'TypeError: "abc".nothing is not a function',
      because: "What throws, and with which text, is V8's",
    }),
    tried(
      'calling a function that nobody has declared',
      'nobody()',
      'ReferenceError: "nobody" is not defined',
      {
        virtual: 'ReferenceError: nobody is not defined',
        because: "What throws, and with which text, is V8's",
      },
    ),
    tried(
      'new of what is no constructor',
      'new (5)()',
      'Error: Constructor should be a function, but is Number',
      { virtual: 'TypeError: 5 is not a constructor', because: "What throws, and with which text, is V8's" },
    ),
    probe(
      'what an error knows of itself',
      'try{throw new Error("m")}catch(e){print(e.message,e.toString(),e instanceof Error,typeof e.stack,e.type,e.name)}',
      'm Error: m true string Error undefined',
    ),
    probe(
      'errors of every kind',
      'print(new TypeError("a"),new SyntaxError("b").message,new ReferenceError("c").toString(),new InternalError("d").toString())',
      'TypeError: TypeError: a b ReferenceError: c InternalError: d',
    ),
    probe(
      'Error without new and without a text',
      'print(Error("x").message,new Error().message,new Error().toString())',
      'x undefined Error',
    ),
    probe(
      'a number, a text and an object are thrown',
      'let r=[];for(let x of [5,"t",{a:1},null])try{throw x}catch(e){r.push(typeof e+JSON.stringify(e))}print(r.join())',
      'number5,string"t",object{"a":1},objectnull',
    ),
    probe(
      'finally runs in any case',
      'let r="";function f(){try{return "a"}finally{r+="f"}}r+=f();try{try{throw 1}finally{r+="g"}}catch(e){r+="c"+e}print(r)',
      'fagc1',
      { virtual: 'agc1', because: 'A compound assignment reads its variable first' },
    ),
    probe('a catch without a variable', 'let r="no";try{throw 1}catch{r="yes"}print(r)', 'yes'),
    probe(
      'an error thrown in a catch',
      'let r;try{try{throw 1}catch(e){throw e+1}}catch(e){r=e}print(r)',
      '2',
    ),
    probe(
      'an error passes through forEach',
      'let r="";try{[1,2,3].forEach(x=>{r+=x;if(x==2)throw "stop"})}catch(e){r+=e}print(r)',
      '12stop',
    ),
    probe(
      'break and continue',
      'let r="";for(let i=0;i<9;i++){if(i==2)continue;if(i==5)break;r+=i}for(let x of [1,2,3]){if(x==2)continue;r+=x}print(r)',
      '013413',
    ),
    probe(
      'return out of a loop and out of a switch',
      'function f(x){for(let i of [1,2,3])switch(i){case x:return "is"+i}return "none"}print(f(2),f(9))',
      'is2 none',
    ),
    probe(
      'switch falls through and compares strictly',
      'let r="";function f(x){switch(x){case 1:r+="a";case 2:r+="b";break;case "1":r+="c";break;default:r+="d"}}f(1);f("1");f(2);f(7);print(r)',
      'abcbd',
    ),
    probe(
      'switch over texts',
      'function f(x){switch(x){case "on":return 1;case "off":return 0}}print(f("on"),f("off"),f("x"))',
      '1 0 undefined',
    ),
    probe('while and do-while', 'let i=3,r="";while(i--)r+=i;do{r+="x"}while(++i<2);print(r)', '210xxx'),
    probe(
      'for-in over an object and an array',
      'let r="";for(let k in {a:1,b:2})r+=k;for(let k in [7,8])r+=typeof k+k;print(r)',
      'abstring0string1',
    ),
    probe(
      'for-in sees what is inherited',
      'function A(){this.a=1}A.prototype.b=2;let r="";for(let k in new A())r+=k;print(r)',
      'ab',
    ),
    probe('for-of over an object', 'let r="";try{for(let x of {a:1})r+=x}catch(e){r="thrown"}print(r)', '1', {
      virtual: 'thrown',
      because: "Loops and `arguments` are V8's",
    }),
    probe(
      'for-of over undefined',
      'let r="none";try{for(let x of undefined)r="some"}catch(e){r=e.toString()}print(r)',
      'none',
      { virtual: 'TypeError: undefined is not iterable', because: "Loops and `arguments` are V8's" },
    ),
    probe(
      'an array may grow while it is walked',
      'let a=[1,2];let r="";for(let x of a){r+=x;if(a.length<4)a.push(x+2)}print(r)',
      '1234',
    ),
    probe(
      'an array loses elements while it is walked',
      'let a=[1,2,3];let r="";for(let x of a){r+=x;if(x==1)a.shift()}print(r,a.join())',
      '1undefined 2,3',
      { virtual: '13 2,3', because: "Loops and `arguments` are V8's" },
    ),
    probe(
      'arguments missing and too many',
      'function f(a,b){return a+","+b+","+arguments.length}print(f(),f(1),f(1,2,3))',
      'undefined,undefined,2 1,undefined,2 1,2,3',
      { virtual: 'undefined,undefined,0 1,undefined,1 1,2,3', because: "Loops and `arguments` are V8's" },
    ),
    probe(
      'arguments as an array',
      'function f(){let r="";for(let x of arguments)r+=x;return r+arguments[1]}print(f(1,2,3))',
      '1232',
    ),
    probe(
      'this in functions, methods and arrows',
      'let o={a:1,f:function(){return this.a},g:function(){return (()=>this.a)()}};let f=o.f;let r;try{r=f()}catch(e){r="thrown"}print(o.f(),o.g(),r)',
      '1 1 undefined',
    ),
    probe(
      'call, apply and bind',
      'function f(a,b){return this.x+a+b}let o={x:1};print(f.call(o,2,3),f.apply(o,[2,3]),f.bind(o,2)(3))',
      '6 6 6',
    ),
    probe(
      'getters and setters',
      'let o={v:1,get x(){return this.v},set x(n){this.v=n*2}};o.x=5;print(o.x,o.v)',
      '10 10',
    ),
    probe(
      'classes',
      'class A{constructor(n){this.n=n}m(){return this.n}static s(){return "s"}}class B extends A{constructor(){super(5)}m(){return super.m()+1}}print(new B().m(),A.s(),new B() instanceof A)',
      '6 s true',
    ),
    probe(
      '?? and its neighbours',
      'print(null??1,undefined??2,0??3,""??4,0||5,""&&6,null&&7,1&&2)',
      '1 2 0  5  null 2',
    ),
    probe(
      'comma, void, in, delete, instanceof',
      'let o={a:1};print((1,2),void 5,"a" in o,"b" in o,delete o.a,"a" in o,[] instanceof Array,[] instanceof Object)',
      '2 undefined true false true false true true',
    ),
    probe(
      'conditions',
      'let r="";for(let x of [0,"",null,undefined,NaN,"0",[],{},-1,"a"])r+=x?1:0;print(r)',
      '0000011111',
    ),
    probe(
      '?: chains and precedence',
      'let f=x=>x<0?"neg":x==0?"zero":x<10?"few":"many";print(f(-1),f(0),f(5),f(50),1+2*3-4/2,2+3+"a"+2*3,!1+1,-2*-3)',
      'neg zero few many 5 5a6 1 6',
    ),
    probe('|| and && give values', 'print(0||"a",1&&"b",null||undefined||"c",("x"&&0)||"d")', 'a b c d'),
    probe('assignments in expressions', 'let a,b;a=b=5;let c=(a+=1)+b;if((b=0))c=99;print(a,b,c)', '6 0 11'),
    probe(
      'length of an array is set by its elements',
      'let a=[];a[5]=1;print(a.length,a[0],JSON.stringify(a))',
      '6 undefined [null,null,null,null,null,1]',
    ),
    probe(
      'length of an array cannot be set',
      'let a=[1,2,3];let r="kept";try{a.length=0}catch(e){r=e.toString()}print(r,a.length)',
      'TypeError: Assignment to a constant 3',
      { virtual: 'kept 0', because: "What throws, and with which text, is V8's" },
    ),
    probe(
      'splice, slice and concat',
      'let a=[1,2,3,4];print(a.splice(1,2).join(),a.join(),a.slice(-1).join(),a.concat([5],6).join(),a.length)',
      '2,3 1,4 4 1,4,5,6 2',
    ),
    probe(
      'push, pop, shift, unshift',
      'let a=[];print(a.push(1,2),a.unshift(0),a.pop(),a.shift(),a.join(),[].pop(),[].shift())',
      '2 3 2 0 1 undefined undefined',
    ),
    probe(
      'map, filter, reduce',
      'print([1,2,3].map(x=>x*2).join(),[1,2,3].filter(x=>x>1).join(),[1,2,3].reduce((a,b)=>a+b),[1,2].reduce((a,b)=>a+b,"s"))',
      '2,4,6 2,3 6 s12',
    ),
    probe(
      'find, indexOf, includes, some, every',
      'let a=[5,6,7];print(a.find(x=>x>5),a.findIndex(x=>x>9),a.indexOf(7),a.includes("5"),a.some(x=>x>6),a.every(x=>x>5),[NaN].includes(NaN),[NaN].indexOf(NaN))',
      '6 -1 2 false true false true -1',
    ),
    probe(
      'sort',
      'print([3,1,2].sort().join(),[10,9,1].sort().join(),[10,9,1].sort((a,b)=>a-b).join(),["b","a","B"].sort().join())',
      '1,2,3 1,10,9 1,9,10 B,a,b',
    ),
    probe(
      'reverse and fill',
      'print([1,2,3].reverse().join(),[1,2,3].fill(0).join(),[1,2,3,4].fill(9,1,3).join(),new Array(3).fill(0).join())',
      '3,2,1 0,0,0 1,9,9,4 0,0,0',
    ),
    probe(
      'Array(n) and Array(a, b)',
      'print(new Array(3).length,new Array(1,2).join(),Array(2).length,Array.isArray([]),Array.isArray({}),new Array("3").length)',
      '3 1,2 2 true false 1',
    ),
    probe(
      'index of an array beyond its ends',
      'let a=[1,2];print(a[2],a[-1],a["0"],a["x"],a[1.5])',
      'undefined undefined 1 undefined undefined',
    ),
    probe(
      'holes of an array',
      'let a=[1,,3];print(a.length,a[1],a.map(x=>1).length,JSON.stringify(a))',
      '3 undefined 3 [1,null,3]',
    ),
    probe(
      'Object.keys and its kin',
      'let o={b:1,a:2};print(Object.keys(o).join(),Object.values(o).join(),Object.entries(o).join("|"),Object.assign({c:3},o).a)',
      'b,a 1,2 b,1|a,2 2',
    ),
    probe(
      'Object.create and prototypes',
      'let a={x:1};let b=Object.create(a);b.y=2;print(b.x,b.hasOwnProperty("x"),Object.getPrototypeOf(b)==a,Object.keys(b).join())',
      '1 false true y',
    ),
    probe(
      'fields of a number and a boolean',
      'let n=5;let r="set";try{n.x=1}catch(e){r=e.toString()}print(r,n.x,true.x)',
      `Error: Field or method "x" does not already exist, and can't create it on Number undefined undefined`,
      { virtual: 'set undefined undefined', because: "What throws, and with which text, is V8's" },
    ),
    probe(
      'a typed array',
      'let a=new Uint8Array(3);a[0]=256;a[1]=-1;a[2]=1.9;a[5]=7;print(a.join(),a.length,a[5],new Uint8Array([1,2,3]).subarray(1).join(),new Uint16Array([65537]).join())',
      '0,255,1 3 undefined 2,3 1',
    ),
    probe(
      'slices of a typed array',
      'let a=new Uint8Array([1,2,3,4]);print(a.slice(1,3).join(),a.subarray(1,3).length,new Uint8Array(a.buffer,1,2).join(),a.indexOf(3));a.set([9,8],1);print(a.join())',
      '2,3 2 2,3 2\n1,9,8,4',
    ),
    probe(
      'a typed array of a text',
      'print(new Uint8Array("abc").join(),E.toUint8Array("abc").join())',
      'thrown Error: Unsupported first argument of type String',
      { virtual: ' 97,98,99', because: "What throws, and with which text, is V8's" },
    ),
    probe(
      'a DataView',
      'let v=new DataView(new ArrayBuffer(4));v.setUint16(0,258);v.setUint16(2,258,true);print(v.getUint8(0),v.getUint8(1),v.getUint8(2),v.getUint32(0))',
      '1 2 2 16908801',
    ),
    probe(
      'eval of an expression and of a declaration',
      'eval("var ev=3");print(eval("1+2"),typeof ev,eval("let z=1;z+1"))',
      '3 number 2',
    ),
    probe(
      'eval sees the variables around it',
      'let inner=5;let r;try{r=eval("inner+1")}catch(e){r="thrown"}print(r)',
      '6',
      { virtual: 'thrown', because: '`eval` always runs in global scope' },
    ),
    probe('eval of a broken text', 'let r;try{r=eval("1+")}catch(e){r=e.type||e}print(r)', 'SyntaxError'),
    probe('new Function', 'let f=new Function("a","b","return a+b");print(f(1,2),f.length)', '3 2'),
    probe(
      'a function told by its text',
      'print((function(a){return a}).toString().length>10,typeof (()=>1),(function(a,b){}).length)',
      'true function 2',
    ),
    probe('recursion', 'function f(n){return n?n+f(n-1):0}print(f(8))', '36'),
    probe(
      'a named function expression knows itself',
      'let f=function g(n){return n?n*g(n-1):1};print(f(5))',
      '120',
    ),
    probe(
      'a function keeps what it was made with',
      'function counter(){let n=0;return ()=>++n}let a=counter(),b=counter();a();a();print(a(),b())',
      '3 1',
    ),
    probe(
      'a field holding undefined',
      'let o={a:undefined};print("a" in o,o.a,Object.keys(o).length,JSON.stringify(o))',
      'true undefined 1 {}',
    ),
    probe(
      'getting a field of a made-up object that holds undefined',
      'let r;try{r=({a:undefined}).a;r="ok "+r}catch(e){r=e.toString()}print(r)',
      'ReferenceError: "a" is not defined',
      {
        except: { head: 'ok undefined' },
        virtual: 'ok undefined',
        because: "What throws, and with which text, is V8's",
      },
    ),
    probe(
      'default of parameters by hand',
      'function f(a){a=a===undefined?5:a;return a}print(f(),f(0),f(null))',
      '5 0 null',
    ),
    probe(
      "Date counts from the board's start",
      'let d=new Date(86400000);print(d.getTime(),d.getFullYear(),d.getDate(),new Date(2020,0,31).getMonth(),typeof Date.now())',
      '86400000 1970 2 0 number',
    ),
    probe(
      'getTime goes on in seconds',
      'let a=getTime();busy(20);let b=getTime();print(b-a>0.0199,b-a<0.2,typeof a)',
      'true true number',
    ),
    probe(
      'a busy loop of setTimeout(0) lets others run',
      'let n=0;let t=setInterval(()=>{if(++n==3){clearInterval(t);print("done")}},1)',
      'done',
      { ms: 60 },
    ),
    probe(
      'var declared in a branch that is not taken',
      'var x="outer";function f(a){if(a){var x=1}x="inner"}f(0);print(x)',
      'inner',
      { virtual: 'outer', because: 'V8 runs more than the interpreter parses' },
    ),
    probe(
      'a global function may be replaced',
      'global.probe=function(){return 1};let r=probe();global.probe=function(){return 2};print(r,probe());delete global.probe',
      '1 2',
    ),
    probe(
      'a built-in may be replaced',
      'let old=digitalWrite;let seen="";digitalWrite=function(p,v){seen+=p+v};digitalWrite(4,1);digitalWrite=old;print(seen)',
      'thrown Error: Unable to assign value to non-reference Function',
      { virtual: '5', because: "What throws, and with which text, is V8's" },
    ),
    probe('line comments, block comments, line ends', 'let a=1//x\n/* y */let b=2\n;print(a+\nb)', '3'),
    probe(
      'what a function without return gives',
      'print((function(){})(),(()=>{})(),(()=>({}))()!=undefined)',
      'undefined undefined true',
    ),
    tried(
      'a negative count of splice, a negative start of fill',
      '(a=>{a.splice(-1,-1);return JSON.stringify([a,[].fill(1,-1)])})([1,2])',
      '[[1,null,2],null]',
      { virtual: '[[1,2],[]]', because: 'Odd arguments give what V8 gives' },
    ),
  ],
};
