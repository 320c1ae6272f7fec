import { type Subject, probe } from './probe';

/** Numbers as text, arithmetic, bits, rounding, and what is made a number. */
export const numbers: Subject = {
  name: 'numbers',
  probes: [
    probe(
      'toFixed rounds the last digit but never carries',
      'print([(99.96).toFixed(1),(21.96).toFixed(1),(2.6).toFixed(0),(7.999).toFixed(2),(-2.6).toFixed(0)].join())',
      '99.9,21.9,2,7.99,-2',
    ),
    probe(
      'toFixed fills up with zeros',
      'print([(25.5).toFixed(2),(40).toFixed(2),(0).toFixed(2),(512).toFixed(0)].join())',
      '25.50,40.00,0.00,512',
    ),
    probe(
      'toFixed of halves',
      'print([(0.05).toFixed(1),(2.675).toFixed(2),(1.005).toFixed(2),(0.5).toFixed(0),(1.5).toFixed(0)].join())',
      '0.1,2.67,1.00,0,1',
    ),
    probe(
      'toFixed of negative numbers',
      'print([(-0.04).toFixed(1),(-12.34).toFixed(1),(-0.96).toFixed(1),(-40).toFixed(2)].join())',
      '-0.0,-12.3,-0.9,-40.00',
    ),
    probe(
      'toFixed of what is no number',
      'print([NaN.toFixed(2),Infinity.toFixed(2),(-Infinity).toFixed(1)].join())',
      'NaN,Infinity,-Infinity',
    ),
    probe(
      'toFixed without digits, with too many, with a text',
      'print([(1.25).toFixed(),(1/3).toFixed(12),(1.25).toFixed("1"),(1.25).toFixed(-1)].join())',
      '1,0.333333333333,1.3,1',
    ),
    probe(
      'tenths of a DHT22 as text',
      'let s="";for(let i of [0,1,9,10,99,255,399,400,501,999])s+=(i/10).toFixed(2)+" ";print(s)',
      '0.00 0.10 0.90 1.00 9.90 25.50 39.90 40.00 50.10 99.90 ',
    ),
    probe(
      'negative tenths of a DHT22 as text',
      'let s="";for(let i of [-1,-5,-10,-99,-101,-399,-400])s+=(i/10).toFixed(2)+" ";print(s)',
      '-0.10 -0.50 -1.00 -9.90 -10.10 -39.90 -40.00 ',
    ),
    probe(
      'tenths by multiplication',
      'let s="";for(let i of [3,7,57,255,256,999])s+=(i*0.1).toFixed(1)+" ";print(s)',
      '0.3 0.7 5.7 25.5 25.6 99.9 ',
    ),
    probe(
      'print of fractions',
      'print(0.1,0.2,0.1+0.2,1/3,2/3,100/3,1e-7,123456.789)',
      '0.1 0.2 0.3 0.33333333333 0.66666666666 33.33333333333 10e-8 123456.789',
      {
        virtual: '0.1 0.2 0.3 0.33333333333 0.66666666666 33.33333333333 1e-7 123456.789',
        because: 'The Linux form is an x86 program',
      },
    ),
    probe(
      'print of large numbers',
      'print(2147483647,2147483648,4294967295,4294967296,1e10,1e15,1e21,1700000000.123)',
      '2147483647 2147483648 4294967295 4294967296 10000000000 1000000000000000 10e+20 1700000000.12299990653',
    ),
    probe(
      'print of small and negative numbers',
      'print(-1,-0.5,-1e-7,1e-10,-2147483648,-2147483649)',
      '-1 -0.5 -10e-8 1e-10 -2147483648 -2147483649',
      { virtual: '-1 -0.5 -1e-7 1e-10 -2147483648 -2147483649', because: 'The Linux form is an x86 program' },
    ),
    probe(
      'print of what is no number',
      'print(NaN,Infinity,-Infinity,-0,0/0,1/0)',
      'NaN Infinity -Infinity 0 NaN Infinity',
    ),
    probe(
      'numbers joined to text',
      'print(""+1.5+","+0.5+","+25.25+","+1024+","+-7)',
      '1.5,0.5,25.25,1024,-7',
    ),
    probe('fractions joined to text', 'print(""+0.1+","+1/3+","+100.1)', '0.1,0.33333333333,100.1', {
      virtual: '0.1,0.3333333333333333,100.1',
      because: 'V8 converts numbers and texts',
    }),
    probe(
      'String of fractions',
      'print(String(0.1),String(1/3),String(1e21),String(-0.0001))',
      '0.1 0.33333333333 10e+20 -0.0001',
    ),
    probe('template of fractions', 'print(`${0.1} ${2.5} ${1/3}`)', '0.1 2.5 0.33333333333', {
      virtual: '0.1 2.5 0.3333333333333333',
      because: 'V8 converts numbers and texts',
    }),
    probe('join of fractions', 'print([0.1,0.7,1/3].join())', '0.1,0.7,0.33333333333'),
    probe(
      'Math.round',
      'print([0.4,0.5,1.5,2.5,-0.4,-0.5,-1.5,-2.5,1e10+0.5].map(x=>Math.round(x)).join())',
      '0,1,2,3,0,-1,-2,-3,10000000001',
    ),
    probe(
      'Math.floor and Math.ceil',
      'print([1.5,-1.5,0.99,-0.01,5].map(x=>Math.floor(x)+"/"+Math.ceil(x)).join())',
      '1/2,-2/-1,0/1,-1/0,5/5',
    ),
    probe(
      'Math.floor and Math.round of large numbers',
      'print(Math.floor(4294967296.5),Math.round(4294967295.4),Math.ceil(2147483647.5))',
      '4294967296 4294967295 2147483648',
    ),
    probe(
      'Math.round of what is no number',
      'print(Math.round(NaN),Math.round(Infinity),Math.floor(NaN),Math.round("2.5"),Math.round(undefined))',
      'NaN Infinity NaN 3 NaN',
    ),
    probe(
      'Math.min and Math.max',
      'print(Math.min(3,1,2),Math.max(3,1,2),Math.min(),Math.max(),Math.min(1,NaN),Math.max("5",3))',
      '1 3 Infinity -Infinity NaN 5',
    ),
    probe(
      'Math.abs and Math.sign',
      'print(Math.abs(-5),Math.abs(-0.5),Math.abs("-3"),Math.sign(-7),Math.sign(0),Math.sign(0.1))',
      '5 0.5 3 -1 0 1',
    ),
    probe(
      'Math.pow of whole numbers',
      'print(Math.pow(2,0),Math.pow(2,8),Math.pow(2,9),Math.pow(10,3),Math.pow(-2,3))',
      '1 256 512 1000 -8',
    ),
    probe(
      'Math.pow goes through logarithms',
      'print(Math.pow(2,31)===2147483648,Math.pow(2,31)|0,Math.pow(2,10),Math.pow(2,0.5).toFixed(6))',
      'false -2147483648 1024 1.414214',
    ),
    probe(
      'Math.sqrt, exp and log',
      'print(Math.sqrt(16),Math.sqrt(2).toFixed(8),Math.exp(1).toFixed(8),Math.log(10).toFixed(8),Math.sqrt(-1))',
      '4 1.41421356 2.71828183 2.30258509 NaN',
    ),
    probe(
      'clip and wrap',
      'print(E.clip(5,1,3),E.clip(-5,1,3),Math.clip(2,1,3),Math.wrap(725,360),Math.wrap(-5,360))',
      '3 1 2 5 -5',
    ),
    probe(
      'bits of 32',
      'print(1<<31,1<<32,-1>>>0,-1>>>28,0xFFFFFFFF|0,4294967296|0,4294967297|0,1e10|0)',
      '-2147483648 1 4294967295 15 -1 0 1 1410065408',
    ),
    probe(
      'bits of fractions and texts',
      'print(5.9|0,-5.9|0,"7"|0,"x"|0,NaN|0,undefined|0,null|0,true|0,Infinity|0)',
      '5 -5 7 0 0 0 0 1 0',
    ),
    probe('~ and ^', 'print(~5,~-1,5^3,~~5.7,~~-5.7,!5,!0)', '-6 0 6 5 -5 false true'),
    probe(
      'shifts by a negative or large count',
      'print(1<<-1,1<<33,256>>8,-256>>4,-256>>>24)',
      '-2147483648 2 1 -16 255',
    ),
    probe(
      'sums beyond 31 bits',
      'print(2147483647+1,2147483647*2,-2147483648-1,65536*65536,1073741824*4)',
      '2147483648 4294967294 -2147483649 4294967296 4294967296',
    ),
    probe(
      'products beyond 53 bits',
      'print(4294967295*4294967295>1e19,1664525*4294967295%4294967296)',
      'true 4293302771',
    ),
    probe(
      'a linear congruential generator',
      'let s=1;let t="";for(let i of [1,2,3,4]){s=(s*1103515245+12345)&0x7fffffff;t+=s+" "}print(t)',
      '1103527590 377401600 333417792 314102912 ',
    ),
    probe(
      'a multiplication kept in 32 bits',
      'let s=12345;let t="";for(let i of [1,2,3,4]){s=(s*1664525+1013904223)|0;t+=s+" "}print(t)',
      '87628868 71072467 -1962130922 -1568075139 ',
    ),
    probe('remainder', 'print(7%3,-7%3,7%-3,5.5%2,7%0,0%5,-6%3)', '1 -1 1 1.5 NaN 0 0'),
    probe('division of whole numbers', 'print(7/2,6/2,-7/2,1/3*3,1e9/1e3)', '3.5 3 -3.5 1 1000000'),
    probe(
      'parseInt',
      'print(parseInt("08"),parseInt("12px"),parseInt("0x1f"),parseInt(""),parseInt("-7"),parseInt("1e3"),parseInt("ff",16),parseInt(" 5"))',
      '8 12 31 NaN -7 1 255 5',
    ),
    probe(
      'parseInt of numbers',
      'print(parseInt(5.9),parseInt(-5.9),parseInt(1e10),parseInt(NaN),parseInt(undefined),parseInt(null),parseInt(true))',
      '5 -5 10000000000 NaN NaN NaN NaN',
    ),
    probe(
      'parseFloat',
      'print(parseFloat("1.5"),parseFloat("1.5x"),parseFloat(".5"),parseFloat(""),parseFloat("-2e3"),parseFloat("abc"))',
      '1.5 1.5 0.5 NaN -2000 NaN',
    ),
    probe(
      'Number of texts',
      'print(Number("5"),Number("5.5"),Number(""),Number(" 5 "),Number("5x"),Number("0x10"),Number("1e3"),Number("-"))',
      '5 5.5 0 NaN NaN 16 1000 NaN',
    ),
    probe(
      'Number of texts with blanks',
      String.raw`print([" 5","5 ","\t5"," ","\n","5 6"].map(x=>Number(x)).join())`,
      '5,NaN,5,NaN,NaN,NaN',
    ),
    probe(
      'Number of other things',
      'print(Number(null),Number(undefined),Number(true),Number([]),Number([5]),Number({}))',
      '0 NaN 1 0 5 NaN',
    ),
    probe(
      'a text made a number by +, - and *',
      String.raw`print(+"5",+"",+"x","7"-2,"3"*"4",-"2",+" 5 ",+"5\n")`,
      '5 0 NaN 5 12 -2 NaN NaN',
      { virtual: '5 0 NaN 5 12 -2 5 5', because: 'V8 converts numbers and texts' },
    ),
    probe(
      'isNaN and isFinite',
      'print(isNaN("x"),isNaN("5"),isNaN(undefined),isNaN(null),isNaN(""),isFinite(5),isFinite(Infinity),isFinite("5"))',
      'true false true false false true false true',
    ),
    probe(
      'toString with a radix',
      'print((255).toString(16),(5).toString(2),(-255).toString(16),(0.5).toString(2),(35).toString(36),(4294967295).toString(16))',
      'ff 101 -ff 0.1 z ffffffff',
    ),
    probe(
      'literals of other radices',
      'print(0x1F,0b101,0o17,1e3,.5,5.,1_000,0xFFFFFFFF,0x80000000)',
      '31 5 15 1000 0.5 5 1000 4294967295 2147483648',
    ),
    probe(
      'comparison of numbers and texts',
      'print(5=="5",5==="5",0=="",0==null,null==undefined,NaN==NaN,"10"<"9",10<"9",null>=0,undefined==0)',
      'true false true false true false true false true false',
    ),
    probe(
      'comparison with what is no number',
      'print(undefined<5,undefined>5,NaN<5,"x"<5,null<1,[]==false,[]=="")',
      'false false false false true false true',
      { virtual: 'false false false false true true true', because: 'V8 converts numbers and texts' },
    ),
    probe(
      'increments and assignments',
      'let a=5;print(a++,a,++a,a--,--a,a+=2,a-=1,a*=3,a/=4,a%=4,a<<=2,a|=1,a&=9,a^=3,a>>=1)',
      '5 6 7 7 5 7 6 18 4.5 0.5 0 1 1 2 1',
    ),
    probe(
      'increment of a text and of undefined',
      'let a="5";a++;let b;b++;let c={};c.x=(c.x||0)+1;print(a,b,c.x)',
      '6 NaN 1',
    ),
    probe(
      'whole and broken numbers are told apart by nothing',
      'print(typeof 5,typeof 5.5,typeof NaN,5===5.0,4/2===2,(4/2).toString())',
      'number number number true true 2',
    ),
    probe(
      'random numbers are seeded alike',
      'E.srand(1);print(E.hwRand()!==undefined,Math.random()<1,Math.random()>=0,Math.randInt(10)<10)',
      'true true true true',
    ),
    probe(
      'a CRC-32 as its bytes',
      'print(E.CRC32("123456789"),E.CRC32(""),E.CRC32([49,50]),E.CRC32("12"),E.CRC32(new Uint8Array([49,50])))',
      '3421780262 0 1330857165 1330857165 1330857165',
    ),
    probe(
      'a CRC-32 of what has no bytes',
      'print(E.CRC32(5),E.CRC32(undefined),E.CRC32({}))',
      'undefined undefined 0',
    ),
    probe(
      'a CRC-32 is not signed',
      'let c=E.CRC32("123456789");print(c===0xCBF43926,c|0,c>>>0,c===(c|0),c.toString(16))',
      'true -873187034 3421780262 false cbf43926',
    ),
    probe(
      'a difference that wraps around 32 bits',
      'print((5-4294967290)|0,(5-4294967290)>>>0,(2147483647+10|0)-2147483640)',
      '11 11 -4294967279',
    ),
    probe(
      'a CRC-32 of numbers as texts',
      'print(E.CRC32(["10","9",1])===E.CRC32([10,9,1]),E.CRC32([266,9,1])===E.CRC32([10,9,1]))',
      'true true',
    ),
    probe('bits of numbers beyond 63', 'print(1e21|1,1e21>>1,1e21^5,9e18>0)', '1 0 5 true', {
      virtual: '-559939583 -279969792 -559939579 true',
      because: 'Odd arguments give what V8 gives',
    }),
    probe(
      'a text is counted up',
      'let a="on",b="5",c="on";a++;++b;c--;let d="5";d--;print(a,b,c,d)',
      'NaN 51 NaN 4',
      { virtual: 'NaN 6 NaN 4', because: 'V8 converts numbers and texts' },
    ),
    probe(
      'null, undefined and truth are counted up',
      'let a=null,b,c=true,d=false,e={};a++;b++;c++;d--;e.x++;print(a,b,c,d,e.x)',
      '1 NaN 2 -1 NaN',
    ),
    probe(
      'undefined and null in bit operations',
      'print(undefined|undefined,null|null,undefined&undefined,undefined>>>undefined,undefined^null,undefined<<1,null|1)',
      'undefined 0 undefined undefined 0 0 1',
      { virtual: '0 0 0 0 0 0 1', because: 'V8 converts numbers and texts' },
    ),
    probe(
      'undefined and null in sums',
      'print(undefined+undefined,null+null,undefined-undefined,null*null,undefined+null,undefined+1,null+1,true+true,true+undefined)',
      'undefined 0 undefined 0 NaN NaN 1 2 NaN',
      { virtual: 'NaN 0 NaN 0 NaN NaN 1 2 NaN', because: 'V8 converts numbers and texts' },
    ),
    probe(
      'undefined compared with texts and numbers',
      'print(undefined>"42",undefined<"42",undefined<"z",undefined>=0,undefined<=0,null<"a",null>"a",undefined<null,undefined<=undefined,null<=null,null>=0)',
      'true false true false false false true false undefined true true',
      {
        virtual: 'false false false false false false false false false true true',
        because: 'V8 converts numbers and texts',
      },
    ),
    probe(
      'truth compared',
      'print(true>false,true=="1",true=="true",true==1,false=="",false==0,false==null,null==0,true<2,"b">true)',
      'true true false true true true false false true false',
    ),
    probe(
      'texts compared with numbers',
      'print("10">9,"a">1,"a"<1,""<1,"1"==1.0,"1.0"==1,"01"==1,"x"==NaN,"5">"10")',
      'true false false true true true true false true',
    ),
    probe(
      'minus, times and remainder of texts',
      'print("5"-2,"5"*"2","a"-1,"9"%4,-"3",+"x","7"/2,"5"-"2"+"1")',
      '3 10 NaN 1 -3 NaN 3.5 31',
    ),
    probe(
      'bits of texts',
      'print("5"|0,"x"|0,"5.9"|0,"0x10"|0,"1e2"|0,""|0," 7"|0,"-3"|0,~"5","6"&3,"1"<<3)',
      '5 0 5 16 0 0 7 -3 -6 2 8',
      { virtual: '5 0 5 16 100 0 7 -3 -6 2 8', because: 'V8 converts numbers and texts' },
    ),
    probe(
      '?: and && with undefined',
      'let u;print(u?1:2,u&&1,u||2,u??3,!u,!!u,u==null,u===null,typeof u)',
      '2 undefined 2 3 true false true false undefined',
    ),
  ],
};
