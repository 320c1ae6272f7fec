import { type Probe, type Subject, probe } from './probe';

/** Parses a text and writes what came of it. */
function parsed(
  title: string,
  text: string,
  prints: string,
  options?: Pick<Probe, 'virtual' | 'because'>,
): Probe {
  return probe(
    title,
    `let r;try{r=JSON.stringify(JSON.parse(${JSON.stringify(text)}))}catch(e){r=e.toString()}print(r)`,
    prints,
    options,
  );
}

/** JSON in both directions, and what `print` shows. */
export const json: Subject = {
  name: 'JSON and print',
  probes: [
    probe(
      'stringify of plain data',
      'print(JSON.stringify({ok:true,command:"led",n:[1,2.5,null],s:""}))',
      '{"ok":true,"command":"led","n":[1,2.5,null],"s":""}',
    ),
    probe(
      'stringify of bytes',
      String.raw`print(JSON.stringify("\x00\x1f\x7f\x80\xb0\xff"),JSON.stringify("\t\n\r\b\f\v\"\\/'"))`,
      String.raw`"\u0000\u001F\u007F\u0080\u00B0\u00FF" "\t\n\r\b\f\u000B\"\\/'"`,
    ),
    probe(
      'stringify of what is left out',
      'print(JSON.stringify({a:undefined,b:print,c:null}),JSON.stringify([undefined,print]),JSON.stringify(undefined),JSON.stringify(print))',
      '{"c":null} [null,undefined] null undefined',
    ),
    probe(
      'stringify of numbers',
      'print(JSON.stringify([0.1,1/3,1e21,-0,NaN,Infinity,25.5,1700000000.123,1e-7]))',
      '[0.1,0.33333333333,10e+20,0,null,null,25.5,1700000000.12299990653,10e-8]',
      {
        virtual: '[0.1,0.33333333333,10e+20,0,null,null,25.5,1700000000.12299990653,1e-7]',
        because: 'The Linux form is an x86 program',
      },
    ),
    probe(
      'stringify of typed arrays',
      'print(JSON.stringify(new Uint8Array([1,255])),JSON.stringify({a:new Uint8Array(2)}))',
      '[1,255] {"a":[0,0]}',
    ),
    probe(
      'stringify of nested and circular data',
      'let c={a:1};c.c=c;print(JSON.stringify(c),JSON.stringify([[],{},[{}]]))',
      '{"a":1,"c": ... } [[],{},[{}]]',
    ),
    probe(
      'stringify with an indent',
      'print(JSON.stringify({a:[1,{b:2}],c:"x"},null,2))',
      '{ \n  "a": [ \n    1, \n    { \n      "b": 2\n     }\n   ], \n  "c": "x"\n }',
    ),
    probe(
      'stringify asks toJSON',
      'print(JSON.stringify({toJSON:function(){return {x:1}}}),JSON.stringify([{toJSON:function(k){return 5}}]))',
      '{"x":1} [5]',
    ),
    probe(
      'stringify does not look at a replacer',
      'print(JSON.stringify({a:1,b:2},["a"]),JSON.stringify({a:1},function(k,v){return 5}))',
      '{"a":1,"b":2} {"a":1}',
    ),
    probe(
      'stringify of keys',
      String.raw`print(JSON.stringify({"a b":1,5:2,"":3,"\xb0":4}))`,
      String.raw`{"a b":1,"5":2,"":3,"\u00B0":4}`,
      { virtual: String.raw`{"5":2,"a b":1,"":3,"\u00B0":4}`, because: "Keys are V8's" },
    ),
    probe(
      'stringify of keys that are numbers keeps their order',
      'print(JSON.stringify({b:1,2:2,1:3}))',
      '{"b":1,"2":2,"1":3}',
      { virtual: '{"1":3,"2":2,"b":1}', because: "Keys are V8's" },
    ),
    probe(
      'stringify of instances',
      'function A(){this.x=1}A.prototype.y=2;print(JSON.stringify(new A()))',
      '{"x":1}',
    ),
    probe(
      'stringify of booleans and texts made objects',
      'print(JSON.stringify([true,false,new Date(0)]))',
      '[true,false,"1970-01-01T00:00:00.000Z"]',
    ),
    parsed(
      'parse of plain data',
      '{"ok":true,"n":[1,-2.5,1e3,null],"s":"x"}',
      '{"ok":true,"n":[1,-2.5,1000,null],"s":"x"}',
    ),
    parsed('parse of blanks and line ends', ' { "a" : [ 1 , 2 ] }\n', '{"a":[1,2]}'),
    parsed('parse of escapes', String.raw`"\u00b0\u03a9\n\t\"\\\/\b"`, String.raw`"\u00B0\u00A9\n\t\"\\/\b"`),
    parsed('parse of single quotes', "{'a':'b'}", '{"a":"b"}'),
    parsed('parse of a comma too many', '{"a":[1,2,],}', '{"a":[1,2]}'),
    parsed('parse of text behind the end', '{"a":1} and more', '{"a":1}'),
    parsed('parse of the same key twice', '{"a":1,"a":2}', '{"a":1,"a":2}', {
      virtual: '{"a":1}',
      because: "Keys are V8's",
    }),
    parsed('parse of a key without quotes', '{a:1}', 'SyntaxError: Got ID:a expected STRING'),
    parsed('parse of nothing', '', 'SyntaxError: Expecting valid value, got EOF'),
    parsed('parse of a lone word', 'hello', 'SyntaxError: Expecting valid value, got ID'),
    parsed('parse of an unfinished object', '{"a":1', "SyntaxError: Got EOF expected ','"),
    parsed('parse of an unfinished array', '[1,2', "SyntaxError: Got EOF expected ','"),
    parsed(
      'parse of an unfinished text',
      '"abc',
      'SyntaxError: Expecting valid value, got UNFINISHED STRING',
    ),
    parsed('parse of a missing colon', '{"a" 1}', "SyntaxError: Got INT expected ':'"),
    parsed('parse of a missing value', '{"a":}', "SyntaxError: Expecting valid value, got '}'"),
    parsed('parse of a missing comma', '[1 2]', "SyntaxError: Got INT expected ','"),
    parsed('parse of NaN and undefined', '[NaN]', 'SyntaxError: Expecting valid value, got ID'),
    parsed('parse of undefined', '[undefined]', 'SyntaxError: Expecting valid value, got undefined'),
    parsed(
      'parse of numbers in other radices',
      '[0x1f,010,0b11,.5,5.,+1]',
      "SyntaxError: Expecting valid value, got '+'",
    ),
    parsed('parse of a number with a plus', '+1', "SyntaxError: Expecting valid value, got '+'"),
    parsed('parse of comments', '/*a*/[1,//b\n2]', '[1,2]'),
    parsed('parse of a deep array', '[[[[[[[[[[1]]]]]]]]]]', '[[[[[[[[[[1]]]]]]]]]]'),
    probe(
      'parse of what is no text',
      'let r="";for(let x of [5,null,undefined,true])try{r+=JSON.stringify(JSON.parse(x))+" "}catch(e){r+=e+" "}print(r)',
      '5 null SyntaxError: Expecting valid value, got undefined true ',
    ),
    probe(
      'parse of bytes above 127',
      String.raw`print(JSON.parse("\"\xc2\xb0\"").length,JSON.parse("{\"\xb0\":1}")["\xb0"])`,
      '2 1',
    ),
    probe(
      'parse of whole numbers gives pins',
      'print(JSON.parse("5")===5,JSON.parse("5.0")===5,JSON.parse("-0")===0,JSON.parse("4294967296"))',
      'true true true 4294967296',
    ),
    probe(
      'parse and stringify give the same text',
      `let s='{"kit":2,"networks":[{"ssid":"a","password":"b"}],"t":0.5}';print(JSON.stringify(JSON.parse(s))===s)`,
      'true',
    ),
    probe(
      'print of several things',
      'print(1,"a",null,undefined,true,1.5,-0)',
      '1 a null undefined true 1.5 0',
    ),
    probe('print of nothing', 'print();print("")', '\n'),
    probe(
      'print of arrays',
      'print([1,2,3],[],["a","b"],[[1],[2]])',
      '[ 1, 2, 3 ] [  ] [ \n  "a", \n  "b"\n ] [ \n  [ 1 ], \n  [ 2 ]\n ]',
    ),
    probe(
      'print of objects',
      'print({a:1,b:2},{},{a:"x",b:[1,{c:2}]})',
      '{ "a": 1, "b": 2 } {  } { \n  "a": "x", \n  "b": [ 1, \n    { "c": 2 }\n   ]\n }',
    ),
    probe(
      'print of long arrays',
      'let a=[];for(let i=0;i<30;i++)a.push(i);print(a)',
      '[ 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29 ]',
    ),
    probe(
      'print of bytes in a text and in an object',
      String.raw`print(["\xb0\x01\n"],{s:"\0a"})`,
      '[ \n  "\\xB0\\1\\n"\n ] { \n  "s": "\\0a"\n }',
    ),
    probe(
      'print of functions',
      'print(function(a){return a},(a,b)=>a+b)',
      'function (a) {return a} function (a,b) {return a+b}',
      { virtual: 'function(a){return a} (a,b)=>a+b', because: 'The text of a function is its source' },
    ),
    probe(
      'print of built-in functions',
      'print(print,Math.abs)',
      'function () { [native code] } function () { [native code] }',
    ),
    probe(
      'print of typed arrays',
      'print(new Uint8Array([1,2,3]),new Uint8Array(3),new Float32Array([0.5]))',
      'new Uint8Array([1, 2, 3]) new Uint8Array(3) new Float32Array([0.5])',
    ),
    probe(
      'print of errors',
      'print(new Error("x").toString(),""+new TypeError("y"))',
      'Error: x TypeError: y',
    ),
    probe('print of instances', 'class Foo{constructor(){this.a=1}}print(new Foo())', '{ "a": 1 }', {
      virtual: 'Foo: { "a": 1 }',
      because: 'Every class is printed with its name',
    }),
    probe(
      'print of a date',
      'print(new Date(0).toISOString(),JSON.stringify(new Date(1000)))',
      '1970-01-01T00:00:00.000Z "1970-01-01T00:00:01.000Z"',
    ),
    probe(
      'console.log is print',
      'console.log("a",1,[2]);console.warn("w");console.error("e")',
      'a 1 [ 2 ]\nw\ne',
    ),
  ],
};
