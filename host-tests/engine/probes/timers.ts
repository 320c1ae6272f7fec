import { type Subject, probe } from './probe';

/** In which order timers come, what a stall does to them, and every form of clearing them. */
export const timers: Subject = {
  name: 'timers',
  ms: 20,
  probes: [
    probe(
      'what is due first runs first',
      'setTimeout(()=>print("b"),100);setTimeout(()=>print("a"),50);setTimeout(()=>print("c"),150);print("now")',
      'now\na\nb\nc',
      { ms: 200 },
    ),
    probe(
      'what is due at the same time runs in the order it was asked for',
      'for(let s of ["a","b","c"])setTimeout(print,20,s)',
      'a\nb\nc',
      { ms: 60 },
    ),
    probe('0 ms comes before 1 ms', 'setTimeout(()=>print("1"),1);setTimeout(()=>print("0"),0)', '0\n1'),
    probe(
      'negative, missing and senseless times are short',
      'setTimeout(()=>print("a"),-5);setTimeout(()=>print("b"));setTimeout(()=>print("c"),"x");setTimeout(()=>print("d"),NaN)',
      'a\nb\nc\nd',
    ),
    probe('a time as a text', 'setTimeout(()=>print("a"),"10");setTimeout(()=>print("b"),1)', 'b\na', {
      ms: 40,
    }),
    probe(
      'after a stall what was asked for first runs first',
      'setTimeout(()=>print("20"),20);setTimeout(()=>print("10"),10);busy(40)',
      '20\n10',
      { ms: 60 },
    ),
    probe(
      'after a stall an interval fires once for each period',
      'let n=0,t=setInterval(()=>n++,60);busy(320);setTimeout(()=>{print(n);clearInterval(t)},5)',
      '5',
      { ms: 60 },
    ),
    probe(
      'intervals that catch up take turns',
      'let r="",a=setInterval(()=>r+="a",60),b=setInterval(()=>r+="b",90);busy(200);setTimeout(()=>{print(r);clearInterval(a);clearInterval(b)},5)',
      'ababa',
      { ms: 60 },
    ),
    probe(
      'an interval keeps its phase',
      'let t0=getTime(),n=0,t=setInterval(()=>{if(n++==0)busy(90);if(n==3){clearInterval(t);print(Math.round((getTime()-t0)/0.06))}},60)',
      '3',
      { ms: 300 },
    ),
    probe(
      'a stall within a timeout puts off the others',
      'let t0=getTime();setTimeout(()=>{busy(50);print("a")},10);setTimeout(()=>print("b",getTime()-t0>0.055),20)',
      'a\nb true',
      { ms: 100 },
    ),
    probe(
      'a timeout set in a timeout waits for the next pass',
      'setTimeout(()=>{print("a");setTimeout(()=>print("c"),0);print("b")},5);setTimeout(()=>print("d"),6)',
      'a\nb\nc\nd',
      { ms: 40 },
    ),
    probe(
      'arguments are handed on',
      'setTimeout(function(a,b,c){print(a,b,c,arguments.length)},1,"x",2,[3])',
      'x 2 [ 3 ] 3',
    ),
    probe(
      'ids are numbers, and a freed last one is used again',
      'let a=setTimeout(()=>{},9);clearTimeout(a);let b=setTimeout(()=>{},9);clearTimeout(b);print(typeof a,a===b)',
      'number true',
    ),
    probe(
      'ids are not used again while a later timer lives',
      'let a=setTimeout(()=>{},9),b=setTimeout(()=>{},9);clearTimeout(a);let c=setTimeout(()=>{},9);print(c-b);clearTimeout(b);clearTimeout(c)',
      '1',
    ),
    probe(
      'clearTimeout(undefined) throws',
      'let t;let r;try{clearTimeout(t)}catch(e){r=e.toString()}print(r)',
      'Error: clearTimeout(undefined) not allowed. Use clearTimeout() instead',
    ),
    probe(
      'clearInterval(undefined) throws',
      'let t;let r;try{clearInterval(t)}catch(e){r=e.toString()}print(r)',
      'Error: clearInterval(undefined) not allowed. Use clearInterval() instead',
    ),
    probe(
      'clearTimeout of null, 0, a text, an unknown id',
      'let r="";for(let x of [null,0,"9999",9999,-1])try{r+=clearTimeout(x)+" "}catch(e){r+=e+" "}print(r)',
      'undefined undefined undefined undefined undefined ',
    ),
    probe(
      'clearTimeout of an id as a text',
      'let t=setTimeout(()=>print("still"),10);clearTimeout(""+t)',
      'still',
      { ms: 40 },
    ),
    probe(
      'clearTimeout() deletes every timer',
      'setTimeout(()=>print("never"),10);setInterval(()=>print("never"),10);clearTimeout();print("gone")',
      'gone',
      { ms: 40 },
    ),
    probe(
      'clearInterval() deletes every timeout as well',
      'setTimeout(()=>print("never"),10);clearInterval();print("gone")',
      'gone',
      { ms: 40 },
    ),
    probe('clearTimeout clears an interval', 'let t=setInterval(()=>print("never"),10);clearTimeout(t)', '', {
      ms: 40,
    }),
    probe(
      'clearing what has fired does nothing',
      'let t=setTimeout(()=>print("fired"),1);setTimeout(()=>{clearTimeout(t);print("fine")},10)',
      'fired\nfine',
      { ms: 40 },
    ),
    probe(
      'a timeout may clear another that is due in the same pass',
      'let b;setTimeout(()=>{print("a");clearTimeout(b)},10);b=setTimeout(()=>print("never"),10);busy(20)',
      'a',
      { ms: 40 },
    ),
    probe(
      'an interval may clear itself',
      'let n=0,t=setInterval(()=>{print(n);if(++n==2)clearInterval(t)},10)',
      '0\n1',
      { ms: 60 },
    ),
    probe(
      'an interval that clears itself does not catch up',
      'let n=0,t=setInterval(()=>{if(++n==2){clearInterval(t);print(n)}},10);busy(70)',
      '2',
      { ms: 60 },
    ),
    probe(
      'a timer set while another is cleared in its own turn',
      'let t=setTimeout(()=>{clearTimeout(t);print("a");setTimeout(()=>print("b"),0)},5)',
      'a\nb',
      { ms: 40 },
    ),
    probe(
      'changeInterval starts the period anew',
      'let t0=getTime(),t=setInterval(()=>{print(Math.round((getTime()-t0)/0.09));clearInterval(t)},500);changeInterval(t,90)',
      '1',
      { ms: 160 },
    ),
    probe(
      'changeInterval of an unknown id',
      'let r="fine";try{changeInterval(9999,10)}catch(e){r=e.toString()}print(r)',
      'Error: Unknown Interval',
    ),
    probe(
      'changeInterval makes a timeout an interval',
      'let n=0,t=setTimeout(()=>{print(++n);if(n==2)clearInterval(t)},500);changeInterval(t,20)',
      '1\n2',
      { ms: 100 },
    ),
    probe(
      'changeInterval within the interval',
      'let n=0,t0=getTime(),t=setInterval(()=>{if(++n==1)changeInterval(t,120);else{print(Math.round((getTime()-t0)/0.06));clearInterval(t)}},60)',
      '3',
      { ms: 350 },
    ),
    probe(
      'an interval that throws goes on',
      'let n=0,t=setInterval(()=>{if(++n==3)return clearInterval(t);throw new Error("no "+n)},10)',
      'Uncaught Error: no 1\nUncaught Error: no 2',
      { ms: 80 },
    ),
    probe(
      'a timeout that throws is gone, the others run',
      'setTimeout(()=>{throw "a"},5);setTimeout(()=>print("b"),6)',
      'Uncaught a\nb',
      { ms: 40 },
    ),
    probe(
      'the text of a program as a callback',
      'setTimeout("print(1+1)",5);setTimeout("print(nobody)",10)',
      '2\nUncaught ReferenceError: "nobody" is not defined',
      {
        ms: 40,
        virtual: '2\nUncaught ReferenceError: nobody is not defined',
        because: "What throws, and with which text, is V8's",
      },
    ),
    probe(
      'what is no function is refused',
      'let r="";for(let x of [5,undefined,null,{}])try{setTimeout(x,5);r+="taken "}catch(e){r+=e+" "}print(r)',
      'Error: Function or String not supplied! Error: Function or String not supplied! Error: Function or String not supplied! Error: Function or String not supplied! ',
      { ms: 40 },
    ),
    probe(
      'setTimeout of an enormous time',
      'let r;try{r=typeof setTimeout(()=>{},1e15)}catch(e){r=e.toString()}print(r)',
      'Error: Interval is too long (>100 years)',
    ),
    probe(
      'setTimeout of infinity',
      'let r;try{let t=setTimeout(()=>{},Infinity);r=typeof t;clearTimeout(t)}catch(e){r=e.toString()}print(r)',
      'Error: Interval is too long (>100 years)',
    ),
    probe(
      'a timeout of 30 days waits',
      'let t=setTimeout(()=>print("never"),2592000000);setTimeout(()=>{clearTimeout(t);print("fine")},20)',
      'fine',
      { ms: 60 },
    ),
    probe(
      'this in a callback',
      'setTimeout(function(){print(this===global,this===undefined)},1)',
      'true false',
    ),
    probe(
      'an interval of 0 ms',
      'let n=0,t=setInterval(()=>{if(++n==3){clearInterval(t);print(n)}},0)',
      '3',
      { ms: 60 },
    ),
    probe(
      'timers and emit within one pass',
      'let o={};o.on("e",x=>print("e"+x));setTimeout(()=>{print("t1");o.emit("e",1)},10);setTimeout(()=>print("t2"),10);busy(20)',
      't1\nt2\ne1',
      { ms: 40 },
    ),
    probe(
      'timers and promises within one pass',
      'setTimeout(()=>{print("t1");Promise.resolve().then(()=>print("p1"))},10);setTimeout(()=>print("t2"),10);busy(20)',
      't1\nt2\np1',
      { ms: 40 },
    ),
    probe(
      'a stall in an interval is caught up before its next period',
      'let n=0,r=[],t0=getTime(),t=setInterval(()=>{r.push(Math.floor((getTime()-t0+0.01)/0.06));if(++n==1)busy(210);if(n==5){clearInterval(t);print(r.join())}},60)',
      '1,4,4,4,5',
      { ms: 400 },
    ),
  ],
};
