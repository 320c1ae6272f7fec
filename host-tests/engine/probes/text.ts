import { type Subject, probe } from './probe';

/** Texts are bytes: literals, methods, base 64. */
export const text: Subject = {
  name: 'text',
  probes: [
    probe(
      String.raw`\u00b0 is one byte`,
      String.raw`let s="\u00b0C";print(s.length,s.charCodeAt(0),s=="\xb0C",s.charCodeAt(1))`,
      '2 176 true 67',
    ),
    probe(
      String.raw`\u03a9 loses its upper byte`,
      String.raw`let s="\u03a9";print(s.length,s.charCodeAt(0))`,
      '1 169',
    ),
    probe(
      'escapes in a literal',
      String.raw`let s="\t\n\r\0\x41\101\\\'\"\b\f\v";let t="";for(let c of s)t+=c.charCodeAt()+" ";print(t)`,
      '9 10 13 0 65 65 92 39 34 8 12 11 ',
    ),
    probe(
      'a byte above 127 counts as one, in any way it is made',
      String.raw`print("\xff".length,String.fromCharCode(255).length,String.fromCharCode(256).charCodeAt(),String.fromCharCode(65,66,-1).length)`,
      '1 1 0 3',
    ),
    probe(
      'UTF-8 in a literal is bytes',
      String.raw`let s="\xc2\xb0";print(s.length,s.charCodeAt(0),s.charCodeAt(1))`,
      '2 194 176',
    ),
    probe('index into a text', 'let s="abc";print(s[0],s[2],s[3],s["1"],s.length)', 'a c undefined b 3'),
    probe(
      'index out of range, and with what is no index',
      'let s="abc",r="";for(let i of [3,9,-1,1.5,"x",true])try{r+=s[i]+" "}catch(e){r+=e+" "}print(r)',
      `undefined undefined Error: Field or method "-1" does not already exist, and can't create it on String Error: Field or method "1.5" does not already exist, and can't create it on String Error: Field or method "x" does not already exist, and can't create it on String Error: Field or method "true" does not already exist, and can't create it on String `,
      {
        virtual: 'undefined undefined undefined undefined undefined undefined ',
        because: "What throws, and with which text, is V8's",
      },
    ),
    probe(
      'charAt and charCodeAt out of range',
      'let s="abc";print(s.charAt(1),s.charAt(5)==="",s.charCodeAt(5),s.charCodeAt(-1),s.charCodeAt())',
      'b true NaN NaN 97',
    ),
    probe(
      'substr',
      'let s="abcdef";print(s.substr(1,2),s.substr(2),s.substr(-2),s.substr(-3,2),s.substr(10)==="",s.substr(1,0)==="",s.substr(1,-1)==="")',
      'bc cdef ef de true true true',
    ),
    probe(
      'substring',
      'let s="abcdef";print(s.substring(1,3),s.substring(3,1),s.substring(2),s.substring(-2,2),s.substring(4,99),s.substring(NaN,2))',
      'bc bc cdef ab ef ab',
    ),
    probe(
      'slice',
      'let s="abcdef";print(s.slice(1,3),s.slice(-2),s.slice(2,-1),s.slice(3,1)==="",s.slice(),s.slice(-99,2))',
      'bc ef cde true abcdef ab',
    ),
    probe(
      'indexOf and lastIndexOf',
      'let s="abcabc";print(s.indexOf("b"),s.indexOf("b",2),s.indexOf("x"),s.lastIndexOf("b"),s.lastIndexOf("b",3),s.indexOf(""),s.indexOf("c",-5))',
      '1 4 -1 4 1 0 2',
    ),
    probe(
      'includes, startsWith, endsWith',
      'let s="iot/2/led";print(s.includes("2"),s.includes("x"),s.startsWith("iot"),s.startsWith("2",4),s.endsWith("led"),s.endsWith("iot",3),s.includes("iot",1))',
      'true false true true true true false',
    ),
    probe(
      'split',
      'print("a,b,,c".split(",").join("|"),"abc".split("").join("|"),"abc".split().length,"".split(",").length,"a,b,c".split(",",2).length)',
      'a|b||c a|b|c 1 1 3',
    ),
    probe(
      'a search finds the end of a text that only begins what is looked for',
      'print("abc".indexOf("cd"),"abc".indexOf("bcd"),"abc".includes("cd"),"x".indexOf("xy"),"led".includes("ledx"),"ab".indexOf("b?"))',
      '2 1 true -1 false 1',
    ),
    probe(
      'a search for one character, from the end and at the start is exact',
      'print("abc".indexOf("x"),"abc".lastIndexOf("cd"),"abc".startsWith("abcd"),"abc".endsWith("cd"),"abc".split("cd").length,"abc".match(/cd/))',
      '-1 -1 false false 1 null',
    ),
    probe(
      'replace at the end of a text',
      'print("abc".replace("cd","X"),"abc".replaceAll("cc","X"),"abc".replace(/cd/,"X"))',
      'abX abX abc',
    ),
    probe(
      'where an empty text is found',
      'print("abc".indexOf(""),"abc".indexOf("",2),"abc".indexOf("",3),"".indexOf(""),"abc".startsWith("",5),"".split("bc").length,"".split(",").length)',
      '0 2 -1 -1 false 0 1',
    ),
    probe(
      'concat of undefined and of fractions',
      'print("a".concat(undefined,"b"),"a".concat(0.1,1/3),[1].concat(undefined,[undefined,2]).length)',
      'ab a0.10.33333333333 1',
    ),
    probe(
      'split by a regular expression',
      'print("a1b22c".split(/[0-9]+/).join("|"),"a, b,c".split(/, */).join("|"))',
      'a|b|c a|b|c',
    ),
    probe(
      'trim',
      String.raw`print("["+" \t a b \r\n".trim()+"]","["+"\xa0a".trim().length+"]")`,
      '[a b] [2]',
    ),
    probe(
      'upper and lower case',
      String.raw`print("aBc\xe4".toUpperCase().charCodeAt(3),"aBc".toUpperCase(),"aBC9".toLowerCase(),"\xc4".toLowerCase().charCodeAt())`,
      '228 ABC abc9 196',
    ),
    probe(
      'padStart and padEnd',
      'print("5".padStart(3,"0"),"abc".padStart(2,"0"),"5".padStart(3)+"|","5".padEnd(3,"xy"),"5".padStart(6,"ab"),"a".padEnd(3)+"|")',
      '005 abc   5| 5xy ababa5 a  |',
    ),
    probe(
      'padStart without a length, and with a negative one',
      'print("["+"5".padStart()+"]","["+"5".padStart(-1,"0")+"]")',
      '[5] [5]',
    ),
    probe(
      'padStart of numbers made text',
      'print((7).toString(16).padStart(8,"0"),(3735928559).toString(16).padStart(8,"0"),(""+12).padStart(8,"0"))',
      '00000007 deadbeef 00000012',
    ),
    probe('repeat', 'print("ab".repeat(3),"["+"ab".repeat(0)+"]","x".repeat(20).length)', 'ababab [] 20'),
    probe(
      'repeat with a negative count',
      'print("["+"ab".repeat(-1)+"]")',
      'thrown Error: Invalid count value',
    ),
    probe(
      'replace',
      'print("aXbX".replace("X","-"),"aXbX".replace(/X/g,"-"),"abc".replace("b",x=>x+x),"abc".replace("x","y"))',
      'a-bX a-b- afunction (x) {return x+x}c abc',
      { virtual: 'a-bX a-b- ax=>x+xc abc', because: 'The text of a function is its source' },
    ),
    probe(
      'replace with groups',
      String.raw`print("john smith".replace(/(\w+) (\w+)/,"$2 $1"),"a.b".replace(".","$"))`,
      'smith john a$b',
    ),
    probe('replaceAll', 'print("aXbXX".replaceAll("X","-"),"aXb".replaceAll("X","$"))', 'a-b-- a$b'),
    probe(
      'match',
      String.raw`let m="led=12".match(/(\w+)=(\d+)/);print(m[0],m[1],m[2],m.index,"x".match(/y/))`,
      'led=12 led 12 0 null',
    ),
    probe('match of all', String.raw`print("a1b22".match(/\d+/g).join(),"ab".match(/\d/g))`, '1,22 [  ]'),
    probe(
      'test and exec',
      String.raw`print(/^\d+$/.test("123"),/^\d+$/.test("12a"),/b(.)/.exec("abc")[1],/x/.exec("abc"),/A/i.test("a"))`,
      'true false c null true',
    ),
    probe(
      'concat and +',
      'print("a".concat("b",1,null),"a"+1+2,1+2+"a","a"+null+undefined+true,"a"+[1,2]+{})',
      'ab1null a12 3a anullundefinedtrue a1,2[object Object]',
    ),
    probe(
      'a text cannot be written into',
      'let s="abc";let r="nothing";try{s[0]="x"}catch(e){r=e.toString()}print(r,s)',
      'Error: Unable to assign value to non-reference String abc',
      { virtual: 'nothing abc', because: "What throws, and with which text, is V8's" },
    ),
    probe(
      'for-of walks the bytes',
      String.raw`let n=0;for(let c of "a\xc2\xb0")n+=c.charCodeAt();print(n)`,
      '467',
    ),
    probe(
      'for-in gives the places as texts',
      'let r="";for(let i in "ab")r+=typeof i+i;print(r)',
      'string0string1',
    ),
    probe(
      'comparison of texts goes by bytes',
      String.raw`print("a"<"b","B"<"a","10"<"9","\xff">"a",""<"a","abc"<"abd","a"=="a")`,
      'true true true true true true true',
    ),
    probe(
      'String of things',
      'print(String(5),String(true),String(null),String(undefined),String([1,2]),String({}),String(function(){}).substr(0,8))',
      '5 true null undefined 1,2 [object Object] function',
    ),
    probe(
      'text of an array with holes',
      'print(""+[1,null,undefined,"x"],[[1,2],[3]].toString(),[null,undefined,1].join("-"))',
      '1,,,x 1,2,3 --1',
    ),
    probe(
      'text of arrays and objects in a template',
      'print(`${[1,2]} ${{}} ${null} ${true}`)',
      '1,2 [object Object] null true',
    ),
    probe(
      'split and join put together a topic',
      'let t="iot/12/lamp/set".split("/");print(t[1],t.slice(2).join("/"),t.length,t.pop())',
      '12 lamp/set 4 set',
    ),
    probe(
      'atob',
      'print(atob("aGVsbG8="),atob("aGk").length,atob("AAECAw==").charCodeAt(3),atob("").length,atob("/+8=").charCodeAt(0))',
      'hello 2 3 0 255',
    ),
    probe(
      'atob skips line ends, and what it does not know',
      String.raw`print(atob("aGVs\nbG8="),atob("aGVs bG8="),atob("aG-V_sbG8=").length,atob("!*").length)`,
      'hello hello 6 1',
    ),
    probe('btoa', String.raw`print(btoa("hello"),btoa(""),btoa("\xff\0"),btoa("a"))`, 'aGVsbG8=  /wA= YQ=='),
    probe(
      'encodeURIComponent',
      String.raw`print(encodeURIComponent("a b/?&"),encodeURIComponent("\xb0"))`,
      'a%20b%2F%3F%26 %20',
      { virtual: 'a%20b%2F%3F%26 %B0', because: 'The Linux form is an x86 program' },
    ),
    probe(
      'decodeURIComponent',
      'let r="";for(let s of ["a%20b%2F","%41%ff","%C2%B0","%4","%zz"])try{r+=decodeURIComponent(s).length+" "}catch(e){r+=e+" "}print(r)',
      '4 Error: Invalid URI Error: Invalid URI Error: Invalid URI 1 ',
      {
        virtual: '4 2 2 Error: Invalid URI Error: Invalid URI ',
        because: 'The Linux form is an x86 program',
      },
    ),
    probe(
      'E.toString of parts',
      'let s=E.toString("a",66,[67,"d"],{data:"x",count:3});print(s,s.length)',
      'aBCdxxx 7',
    ),
    probe(
      'E.toString of large and negative numbers',
      'let s=E.toString(300,-1,[256,-2]);print(s.length,s.charCodeAt(0),s.charCodeAt(1),s.charCodeAt(2),s.charCodeAt(3))',
      '4 44 255 0 254',
    ),
    probe(
      'E.toUint8Array',
      String.raw`print(E.toUint8Array("\0\xAE",5,[1,2],300,-1).join(),E.toUint8Array([[1,[2]],"a"]).join())`,
      '0,174,5,1,2,44,255 1,2,97',
    ),
    probe(
      'E.toString of what is no data',
      'let r="";for(let x of [null,undefined,print,{},{a:1},true])try{r+=E.toUint8Array(x).join()+" "}catch(e){r+=e+" "}print(r)',
      'TypeError: Expecting Number or iterable, got null TypeError: Expecting Number or iterable, got undefined  TypeError: If specifying an object, it must be of the form {data : ..., count : N} or {callback : fn} - got {  } TypeError: If specifying an object, it must be of the form {data : ..., count : N} or {callback : fn} - got { "a": 1 } 1 ',
    ),
    probe(
      'E.toJS',
      String.raw`print(E.toJS({a:1,"b-c":"x\xb0",d:[true,null]}),E.toJS("x"),E.toJS(5))`,
      String.raw`{a:1,"b-c":"x\xB0",d:[true,null]} "x" 5`,
    ),
    probe(
      'bytes of a packet put together',
      String.raw`let s="\x30"+String.fromCharCode(4)+"\0\x01a"+"b";print(s.length,s.charCodeAt(0),s.charCodeAt(1),E.CRC32(s))`,
      '6 48 4 2661298283',
    ),
    probe(
      'charCodeAt in arithmetic',
      String.raw`let s="\x01\xf4";print(s.charCodeAt(0)<<8|s.charCodeAt(1),s.charCodeAt(9)<<8,s.charCodeAt(9)>5,s.charCodeAt(9)|0)`,
      '500 0 false 0',
    ),
    probe(
      'a long text taken apart',
      String.raw`let s="";for(let i=0;i<300;i++)s+=String.fromCharCode(i);print(s.length,s.charCodeAt(255),s.charCodeAt(256),s.substr(250,10).length,s.indexOf("\xfe"))`,
      '300 255 0 10 254',
    ),
    probe(
      'a zero byte inside a text',
      String.raw`let s="a\0b";print(s.length,s.indexOf("\0"),s.split("\0").length,s=="a\0b",s=="a")`,
      '3 1 2 true false',
    ),
    probe('line ends printed', String.raw`print("a\nb");print("c\n")`, 'a\nb\nc\n'),
    probe(
      'typeof',
      'print(typeof "a",typeof 1,typeof undefined,typeof null,typeof {},typeof [],typeof print,typeof nothing,typeof true,typeof /a/,typeof new String("x"))',
      'string number undefined object object object function undefined boolean object string',
      {
        virtual: 'string number undefined object object object function undefined boolean object object',
        because: "`typeof` is V8's",
      },
    ),
    probe(
      'parse of a command with a number',
      'let s="hold=12";let i=s.indexOf("=");print(s.substr(0,i),+s.substr(i+1),+s.substr(i+1)+1,s.substr(i+1)+1)',
      'hold 12 13 121',
    ),
    probe(
      'tagged by its length like an MQTT string',
      'function f(s){return String.fromCharCode(s.length>>8,s.length)+s}let s=f("x".repeat(300));print(s.length,s.charCodeAt(0),s.charCodeAt(1))',
      '302 1 44',
    ),
  ],
};
